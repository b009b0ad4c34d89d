import { placeInside } from "./base-path";
import "./theme/mantine.css";
import "@mantine/notifications/styles.css";
import "./theme/global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App, beginLoading } from "./app";
import { startI18n } from "./i18n/i18n";

async function start(): Promise<void> {
  const element = document.getElementById("root");
  if (!element) throw new Error("index.html has no #root");
  // The server responds without the path too, for proxies that take it off; the session's cookie is for the path alone.
  const inside = placeInside(window.location);
  if (inside !== null) {
    window.location.replace(inside);
    return;
  }
  const first = beginLoading(window.location.pathname);
  // A page that is rendered before all of it is there is rendered again, and shown later for it.
  await Promise.all([startI18n(first.texts), first.isReady]);
  createRoot(element).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

void start();
