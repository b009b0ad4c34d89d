/** Leaves for the page of a provider, in this tab: the buyer comes back from there. */
export function goTo(url: string): void {
  // What the server says is an address of the web, and nothing else.
  if (/^https?:\/\//i.test(url)) window.location.assign(url);
}
