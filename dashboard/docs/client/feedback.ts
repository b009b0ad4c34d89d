// "How is this guide?"
import { all, one, publicPath, word } from "./page";

export function startFeedback(): void {
  const section = one(".feedback");
  const form = section && one<HTMLFormElement>("form", section);
  if (!section || !form) return;
  section.hidden = false;
  let choice: string | null = null;
  const buttons = all<HTMLButtonElement>(".feedback-choice button", form);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      choice = button.value;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      const more = one(".feedback-more", form);
      if (more) more.hidden = false;
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (choice !== null) void send(section, form, choice === "yes");
  });
}

async function send(section: HTMLElement, form: HTMLFormElement, isHelpful: boolean): Promise<void> {
  const submit = one<HTMLButtonElement>("[type=submit]", form);
  const status = one("[role=status]", section);
  const text = one<HTMLTextAreaElement>("textarea", form)?.value.trim() ?? "";
  if (submit) submit.disabled = true;
  const answer = await post({
    page: document.body.dataset.page,
    is_helpful: isHelpful,
    text,
    language: document.documentElement.lang,
  });
  if (submit) submit.disabled = false;
  if (!status) return;
  if (answer === 201) {
    form.hidden = true;
    status.textContent = word("feedbackThanks");
  } else {
    status.textContent = word(answer === 429 ? "feedbackLater" : "feedbackFailed");
  }
}

async function post(body: object): Promise<number> {
  try {
    const answer = await fetch(publicPath("/api/v1/docs-feedback"), {
      method: "POST",
      headers: { "content-type": "application/json", "x-yunxin-request": "dashboard" },
      body: JSON.stringify(body),
    });
    return answer.status;
  } catch {
    return 0;
  }
}
