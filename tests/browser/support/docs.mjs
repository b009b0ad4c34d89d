/** The names of all pages of the documentation, in their order. */
export async function docsPages(url) {
  const index = await (await fetch(`${url}/llms.txt`)).text();
  const names = [...index.matchAll(/\/docs\/([a-z0-9-]+)\.md\)/g)].map((match) => match[1]);
  return [...new Set(names)];
}
