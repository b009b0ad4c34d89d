import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Card,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  defaultVariantColorsResolver,
  Loader,
  type MantineColorsTuple,
  Modal,
  Paper,
  Table,
  Tooltip,
  type VariantColorsResolver,
} from "@mantine/core";
import tokens from "./tokens.json";

/** 青: the blue-green of celadon glaze. Shade 7 carries white text (5.6:1), shade 4 stands on the dark surfaces. */
const qing: MantineColorsTuple = [
  "#ecf7f6",
  "#d6ecea",
  "#aed9d5",
  "#82c5bf",
  "#55b3ab",
  "#2f9c94",
  "#17867f",
  "#0b6e69",
  "#085a56",
  "#054643",
];

/** Neutrals with a breath of the same hue, so that greys and accents belong together. */
const gray: MantineColorsTuple = [
  "#f7f9f9",
  "#eff2f2",
  "#e3e8e8",
  "#d2d9d9",
  "#b4bebe",
  "#8a9696",
  "#5f6c6c",
  "#475353",
  "#2d3737",
  "#171e1e",
];

const dark: MantineColorsTuple = [
  "#d9e0e0",
  "#b3bdbd",
  "#909c9c",
  "#667373",
  "#374242",
  "#263030",
  "#161c1d",
  "#0e1314",
  "#0a0e0f",
  "#060909",
];

const green: MantineColorsTuple = [
  "#eaf7ee",
  "#d3edda",
  "#a8dbb7",
  "#79c791",
  "#50b46f",
  "#36a258",
  "#228a45",
  "#177237",
  "#0f5a2b",
  "#08431f",
];
const red: MantineColorsTuple = [
  "#fdefed",
  "#fadcd8",
  "#f4b5ae",
  "#ee8c82",
  "#e7675b",
  "#da4a3d",
  "#c4382c",
  "#a82b21",
  "#872018",
  "#661610",
];
const amber: MantineColorsTuple = [
  "#fdf5e4",
  "#faeac6",
  "#f4d48b",
  "#edbd4e",
  "#e5a823",
  "#cc900f",
  "#a87407",
  "#875b04",
  "#694603",
  "#4c3202",
];

export function fontFamily(language: string): string {
  const { latin, cjk, rest } = tokens.fonts;
  const [first, second] =
    language === "zh-TW" ? (["zh-TW", "zh-CN"] as const) : (["zh-CN", "zh-TW"] as const);
  return `${latin}, ${cjk[first]}, ${cjk[second]}, ${rest}`;
}

/** Filled buttons stand on a lighter shade in the dark, where Mantine would leave their text white; what destroys is red in both. */
const resolveVariantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  if (input.variant !== "filled" || !colors.background.endsWith("-filled)")) return colors;
  return { ...colors, color: input.color === "red" ? "var(--yx-on-danger)" : "var(--yx-on-filled)" };
};

/** `close` names the button that closes a dialog, which shows no text. */
export function createDashboardTheme(language: string, close: string) {
  // The head of a dialog is no banner of the page.
  const dialog = {
    closeButtonProps: { "aria-label": close },
    attributes: { header: { role: "presentation" } },
  };
  return createTheme({
    primaryColor: "qing",
    primaryShade: { light: 7, dark: 4 },
    colors: { qing, gray, dark, green, red, amber, yellow: amber, teal: qing },
    white: "#ffffff",
    black: "#131a1a",
    autoContrast: true,
    variantColorResolver: resolveVariantColors,
    luminanceThreshold: 0.36,
    defaultRadius: "md",
    radius: { xs: "3px", sm: "5px", md: "8px", lg: "12px", xl: "18px" },
    fontFamily: fontFamily(language),
    fontFamilyMonospace: tokens.fonts.monospace,
    fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
    lineHeights: { xs: "1.4", sm: "1.45", md: "1.5", lg: "1.5", xl: "1.45" },
    headings: {
      fontWeight: "600",
      sizes: {
        h1: { fontSize: "1.5rem", lineHeight: "1.25" },
        h2: { fontSize: "1.125rem", lineHeight: "1.35" },
        h3: { fontSize: "0.9375rem", lineHeight: "1.4" },
        h4: { fontSize: "0.875rem", lineHeight: "1.4" },
      },
    },
    cursorType: "pointer",
    respectReducedMotion: true,
    focusRing: "auto",
    components: {
      Button: Button.extend({ defaultProps: { size: "sm" } }),
      ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray" } }),
      Card: Card.extend({ defaultProps: { withBorder: true, radius: "lg", padding: "lg" } }),
      Paper: Paper.extend({ defaultProps: { radius: "lg" } }),
      Modal: Modal.extend({
        defaultProps: {
          ...dialog,
          radius: "lg",
          centered: true,
          overlayProps: { backgroundOpacity: 0.45, blur: 2 },
        },
      }),
      Drawer: Drawer.extend({ defaultProps: dialog }),
      Table: Table.extend({ defaultProps: { verticalSpacing: 9, horizontalSpacing: "md" } }),
      Badge: Badge.extend({ defaultProps: { variant: "light", radius: "sm", tt: "none", fw: 500 } }),
      Alert: Alert.extend({ defaultProps: { radius: "md", variant: "light" } }),
      Tooltip: Tooltip.extend({
        defaultProps: { withArrow: true, openDelay: 250, events: { hover: true, focus: true, touch: true } },
      }),
      Loader: Loader.extend({ defaultProps: { type: "oval", size: "sm" } }),
    },
  });
}

/** Our own names for surfaces and series; styles use these, never raw shades. The documentation has them from the same file. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: tokens.variables,
  light: tokens.light,
  dark: tokens.dark,
});

export const SERIES_COUNT = 8;

/** The colour of the n-th series, as a CSS value. */
export function seriesColor(index: number): string {
  return `var(--yx-series-${(index % SERIES_COUNT) + 1})`;
}
