// What no page may ever do, whichever test looks at it.

/** Watches every page of a context; what it saw that must not be. */
export async function watch(context, url) {
  const faults = [];
  const ours = new Set([url]);
  const expected = [];
  await context.exposeBinding("reportViolation", (_, text) => faults.push(`content security policy: ${text}`));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      window.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`);
    });
  });
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol === "data:" || protocol === "blob:") return;
    if (!ours.has(origin)) faults.push(`request to a foreign host: ${request.url()}`);
  });
  context.on("console", (message) => {
    if (message.type() !== "error") return;
    const text = `${message.text()} (${message.location().url})`;
    // The browser logs each response of 400 and above; which ones a test provokes, it says.
    if (expected.some((pattern) => pattern.test(text))) return;
    faults.push(`console error: ${text}`);
  });
  context.on("weberror", (error) => faults.push(`page error: ${error.error().stack ?? error.error()}`));
  context.on("dialog", (dialog) => {
    if (dialog.type() === "beforeunload") return dialog.accept();
    faults.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  return {
    faults,
    /** Console lines that this test provokes: refusals that the page shows. */
    expect: (pattern) => expected.push(pattern),
    /** Another server of the test's own, such as a provider that signs people in. */
    allow: (origin) => ours.add(origin),
  };
}

/** The browser's line about a refused request. */
export const refusal = (status, path = "") => new RegExp(`status of ${status} .*${path.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
