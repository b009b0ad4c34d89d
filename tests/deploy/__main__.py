"""python3 tests/deploy: what is in `deploy` is what the programs that read it take.

Helm and kubeconform are built by `go install` where Go is there; nginx, systemd and Compose are asked where they are
installed. What cannot be asked is said."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "yunxin"
TOOLS = Path(__file__).resolve().parent / ".tools"
# Pinned: a newer one may judge otherwise.
GO_PROGRAMS = {
    "helm": "helm.sh/helm/v3/cmd/helm@v3.19.0",
    "kubeconform": "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0",
}
# What is compiled by then stays in the cache of Go: the next time goes on from there.
INSTALL_SECONDS = 600
SECONDS = 60
# What the manifests are for.
KUBERNETES = "1.31.0"

# Values of the chart, and what must be among the manifests (kind and name), or None where the schema has to refuse.
PLAIN = {("StatefulSet", "yunxin"), ("Service", "yunxin"), ("Service", "yunxin-pods"), ("PodDisruptionBudget", "yunxin")}
VALUES = {
    "as it is": ({}, PLAIN),
    "everything": (
        {
            "redis": {"existingSecret": "yunxin-redis"},
            "autoscaling": {"enabled": True, "inFlight": 50},
            "ingress": {"enabled": True, "tlsSecret": "yunxin-tls"},
            "monitoring": {"podMonitor": True, "rules": True, "labels": {"release": "prometheus"}},
            "env": {"YUNXIN__LIMITS__KEEP_COUNTS": "true"},
            "envSecret": "providers",
            "publicUrl": "https://llm.example.com",
            "serviceAccount": {"name": "yunxin"},
            "nodeSelector": {"kubernetes.io/arch": "amd64"},
        },
        PLAIN | {("HorizontalPodAutoscaler", "yunxin"), ("Ingress", "yunxin"), ("PodMonitor", "yunxin"), ("PrometheusRule", "yunxin")},
    ),
    "a name that no value has": ({"replica": 3}, None),
    "no secret": ({"secrets": {"existing": ""}}, None),
    "an address without a scheme": ({"publicUrl": "llm.example.com"}, None),
    "no servers": ({"replicas": 0}, None),
}


class Report:
    def __init__(self):
        self.wrong = []

    def check(self, name, problem):
        print(f"deploy: {name}: {problem or 'right'}", flush=True)
        if problem:
            self.wrong.append(name)

    def skip(self, name, why):
        print(f"deploy: {name}: not checked, {why}", flush=True)


def run(command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=SECONDS, **options)


def problem_of(done):
    return None if done.returncode == 0 else (done.stdout + done.stderr).strip()[-1500:]


def program(name):
    """A Go program: the one that is installed, or one built here once; None with the reason if there is neither."""
    if found := shutil.which(name) or shutil.which(name, path=str(TOOLS)):
        return found, None
    if not shutil.which("go"):
        return None, f"{name} and Go are missing (https://go.dev)"
    TOOLS.mkdir(exist_ok=True)
    print(f"deploy: building {name}, once", flush=True)
    command, known = ["nice", "go", "install", GO_PROGRAMS[name]], {**os.environ, "GOBIN": str(TOOLS)}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, env=known)
    except subprocess.TimeoutExpired:
        return None, f"{name} was not built in {INSTALL_SECONDS} s"
    return (str(TOOLS / name), None) if done.returncode == 0 else (None, f"go install failed: {done.stderr.strip()[-300:]}")


def manifests(text):
    """Kind and name of each, without a parser of YAML: Helm writes them in this form."""
    found = set()
    for one in re.split(r"^---$", text, flags=re.MULTILINE):
        kind, name = re.search(r"^kind: (\S+)$", one, re.MULTILINE), re.search(r"^metadata:\n  name: (\S+)$", one, re.MULTILINE)
        if kind and name:
            found.add((kind[1], name[1]))
    return found


def chart(report):
    helm, why = program("helm")
    if helm is None:
        return report.skip("Helm chart", why)
    report.check("helm lint", problem_of(run([helm, "lint", "--strict", CHART])))
    with tempfile.TemporaryDirectory(prefix="chart-") as folder:
        for name, (values, expected) in VALUES.items():
            file = Path(folder) / "values.json"
            file.write_text(json.dumps(values))
            done = run([helm, "template", "yunxin", CHART, "--values", file, "--kube-version", KUBERNETES])
            if expected is None:
                is_refused = done.returncode != 0 and "schema" in done.stderr
                report.check(f"helm template, {name}: refused by the schema", None if is_refused else "was taken")
                continue
            problem = problem_of(done)
            if not problem and manifests(done.stdout) != expected:
                problem = f"made {sorted(manifests(done.stdout))}"
            report.check(f"helm template, {name}", problem)
            if not problem:
                conform(report, name, done.stdout, Path(folder))
    return None


def conform(report, name, text, folder):
    kubeconform, why = program("kubeconform")
    if kubeconform is None:
        return report.skip(f"kubeconform, {name}", why)
    file = folder / "manifests.yaml"
    file.write_text(text)
    command = [kubeconform, "-strict", "-summary", "-kubernetes-version", KUBERNETES, "-skip", "PodMonitor,PrometheusRule"]
    if schemas := os.environ.get("KUBERNETES_SCHEMAS"):
        command += ["-schema-location", schemas]
    done = run([*command, file])
    if done.returncode and ("failed downloading schema" in done.stdout or "dial tcp" in done.stdout + done.stderr):
        return report.skip(f"kubeconform, {name}", "the schemas of Kubernetes cannot be fetched (KUBERNETES_SCHEMAS names a folder of them)")
    return report.check(f"kubeconform, {name}", problem_of(done))


def dashboard(report):
    """What Grafana asks of a file to import, as far as it can be said without it."""
    board = json.loads((DEPLOY / "grafana" / "yunxin.json").read_text())
    panels = board["panels"]
    problems = [panel["title"] for panel in panels if not panel["targets"] or any(not target["expr"] for target in panel["targets"])]
    ids = [panel["id"] for panel in panels]
    if len(set(ids)) != len(ids):
        problems.append("ids are used twice")
    for one, other in ((a, b) for a in panels for b in panels if a["id"] < b["id"]):
        a, b = one["gridPos"], other["gridPos"]
        if a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]:
            problems.append(f"{one['title']} lies over {other['title']}")
    report.check("Grafana dashboard", ", ".join(problems) or None)


def nginx(report):
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        return report.skip("nginx.conf", "nginx is missing (apt-get install nginx-light)")
    with tempfile.TemporaryDirectory(prefix="nginx-") as folder:
        text = (DEPLOY / "compose" / "nginx.conf").read_text()
        # Names that Compose gives, and a port that anybody may listen on.
        text = re.sub(r"yunxin-\d:8080", "127.0.0.1:8080", text).replace("listen 80;", "listen 127.0.0.1:18080;")
        text = f"pid {folder}/pid;\nerror_log stderr;\n{text}".replace("http {", f"http {{\n  access_log off;\n  client_body_temp_path {folder};\n  proxy_temp_path {folder};", 1)
        file = Path(folder) / "nginx.conf"
        file.write_text(text)
        return report.check("nginx.conf", problem_of(run([found, "-t", "-q", "-p", folder, "-c", file])))


def systemd(report):
    found = shutil.which("systemd-analyze")
    if found is None:
        return report.skip("yunxin@.service", "systemd is missing")
    with tempfile.TemporaryDirectory(prefix="unit-") as folder:
        text = (DEPLOY / "systemd" / "yunxin@.service").read_text().replace("/usr/local/bin/yunxin", "/bin/true").replace("User=yunxin", "User=daemon")
        file = Path(folder) / "yunxin@1.service"
        file.write_text(text)
        done = run([found, "verify", "--man=no", file])
        ours = [line for line in done.stderr.splitlines() if "yunxin@1.service" in line and "Failed to" not in line]
        return report.check("yunxin@.service", "\n".join(ours) or None)


def compose(report):
    with tempfile.TemporaryDirectory(prefix="compose-") as folder:
        for file in (DEPLOY / "compose").iterdir():
            if file.is_file():
                shutil.copy(file, folder)
        # The secrets first: twice, and what is there stays.
        made = run([Path(folder) / "make-secrets"])
        before = {file.name: file.read_text() for file in (Path(folder) / "secrets").iterdir()} if made.returncode == 0 else {}
        again = run([Path(folder) / "make-secrets"])
        after = {file.name: file.read_text() for file in (Path(folder) / "secrets").iterdir()} if again.returncode == 0 else None
        report.check("make-secrets", problem_of(made) or (None if before == after and len(before) == 3 else "other secrets the second time"))
        found = shutil.which("docker")
        if found is None or run([found, "compose", "version"]).returncode:
            return report.skip("compose.yaml", "Docker Compose is missing")
        return report.check("compose.yaml", problem_of(run([found, "compose", "--file", Path(folder) / "compose.yaml", "config", "--quiet"])))


def main():
    report = Report()
    for part in (dashboard, nginx, systemd, compose, chart):
        part(report)
    print(f"deploy: {'all right' if not report.wrong else 'WRONG: ' + ', '.join(report.wrong)}")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
