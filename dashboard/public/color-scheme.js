// Runs before the first paint, in a file of its own because the content security policy permits no inline script.
(() => {
  let choice = "auto";
  try {
    choice = localStorage.getItem("yunxin-theme") || "auto";
  } catch {
    // Storage may be switched off; then the system decides.
  }
  const isDark =
    choice === "dark" || (choice === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", isDark ? "dark" : "light");
})();
