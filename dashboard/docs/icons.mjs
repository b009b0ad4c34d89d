// Small pictures, drawn as lines in the colour of the text.

function icon(paths) {
  return `<svg class="icon" viewBox="0 0 24 24" width="16" height="16" aria-hidden="true">${paths}</svg>`;
}

export const ICONS = {
  mark: '<svg class="mark" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true"><rect width="32" height="32" rx="8"/><path d="M10 9.5h12M6.5 15h19M15 15l-4.5 8H21M19 18.5l4 5.5"/></svg>',
  menu: icon('<path d="M4 6h16M4 12h16M4 18h16"/>'),
  search: icon('<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>'),
  language: icon(
    '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c6 6 6 12 0 18M12 3c-6 6-6 12 0 18"/>',
  ),
  light: icon(
    '<circle cx="12" cy="12" r="4"/><path d="M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5"/>',
  ),
  dark: icon('<path d="M20 14.5A8.5 8.5 0 1 1 9.500 4 7 7 0 0 0 20 14.500z"/>'),
  auto: icon('<rect x="3" y="4" width="18" height="12" rx="2"/><path d="M8 20h8M12 16v4"/>'),
  copy: icon('<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M5 15H4V4h11v1"/>'),
  text: icon('<path d="M6 3h9l4 4v14H6zM14 3v5h5M9 13h6M9 17h6"/>'),
  up: icon('<path d="M7 11v9H4v-9zM7 11l4-8c2 0 3 1 2.500 3L13 9h6l-1.500 11H7"/>'),
  down: icon('<path d="M17 13V4h3v9zM17 13l-4 8c-2 0-3-1-2.500-3l.5-3H5L6.500 4H17"/>'),
};
