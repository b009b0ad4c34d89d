"""What a run held and measured: printed, and kept as a page with plots where a folder is named."""

import time
from pathlib import Path

import svg


class Report:
    def __init__(self, name, title, folder=None):
        self.name, self.title, self.folder = name, title, folder and Path(folder)
        self.wrong, self.lines, self.rows, self.plots = [], [], [], []

    def section(self, text):
        print(text)
        self.lines.append(("", text))

    def hold(self, is_so, text):
        """A line that has to be so."""
        self.line("ok" if is_so else "BAD", text)
        if not is_so:
            self.wrong.append(text)

    def note(self, text):
        """A line that says something and holds nothing."""
        self.line("--", text)

    def line(self, verdict, text):
        print(f"  {verdict:3} {text}")
        self.lines.append((verdict, text))

    def row(self, **figures):
        """A line of the table; all of them have the same columns."""
        self.rows.append(figures)

    def plot(self, name, title, unit, series):
        """Curves by their names, each a list of (seconds, value)."""
        self.plots.append((name, title, svg.lines(title, unit, series)))

    def write(self):
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, _, text in self.plots:
            (self.folder / f"{self.name}-{name}.svg").write_text(text)
        (self.folder / f"{self.name}.md").write_text(self.page())

    def page(self):
        page = [f"# {self.title}", "", f"Run of {time.strftime('%Y-%m-%d')}, written by `tests/overload`.", ""]
        if self.rows:
            columns = list(self.rows[0])
            page += ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
            page += ["| " + " | ".join(str(row[column]) for column in columns) + " |" for row in self.rows]
            page.append("")
        for name, title, _ in self.plots:
            page += [f"![{title}]({self.name}-{name}.svg)", ""]
        for verdict, text in self.lines:
            page.append(f"- {verdict}: {text}" if verdict else f"\n**{text}**\n")
        return "\n".join(page) + "\n"


def by_second(outcomes, measure):
    """A measure of the outcomes of each second, by when they arrived."""
    seconds = {}
    for one in outcomes:
        seconds.setdefault(int(one.arrived), []).append(one)
    return [(second, measure(seconds[second])) for second in sorted(seconds)]
