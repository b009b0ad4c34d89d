import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Card,
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  Loader,
  type MantineColorsTuple,
  Modal,
  Paper,
  Table,
  Tooltip,
  type VariantColorsResolver,
} from "@mantine/core";

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

const CJK = {
  "zh-CN": '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC"',
  "zh-TW": '"PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC", "Noto Sans TC"',
};
const LATIN = '-apple-system, BlinkMacSystemFont, "Segoe UI Variable Text", "Segoe UI", Inter, Roboto';

export function fontFamily(language: string): string {
  const cjk = language === "zh-TW" ? `${CJK["zh-TW"]}, ${CJK["zh-CN"]}` : `${CJK["zh-CN"]}, ${CJK["zh-TW"]}`;
  return `${LATIN}, ${cjk}, "Helvetica Neue", "Liberation Sans", Arial, sans-serif`;
}

/** Filled buttons stand on a lighter shade in the dark, where Mantine would leave their text white. */
const resolveVariantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  return input.variant === "filled" && colors.background.endsWith("-filled)")
    ? { ...colors, color: "var(--yx-on-filled)" }
    : colors;
};

export function createDashboardTheme(language: string) {
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
    fontFamilyMonospace:
      'ui-monospace, "SF Mono", SFMono-Regular, "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace',
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
        defaultProps: { radius: "lg", centered: true, overlayProps: { backgroundOpacity: 0.45, blur: 2 } },
      }),
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

/** Our own names for surfaces and series; styles use these, never raw shades. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {
    "--yx-series-1": "#17867f",
    "--yx-series-2": "#5b6ad0",
    "--yx-series-3": "#d08a1d",
    "--yx-series-4": "#b0508f",
    "--yx-series-5": "#5c8f2f",
    "--yx-series-6": "#c2553d",
    "--yx-series-7": "#3d86b8",
    "--yx-series-8": "#8a7f6d",
  },
  light: {
    "--yx-on-filled": "#ffffff",
    "--mantine-color-body": "#f7f9f9",
    "--mantine-color-text": "#171e1e",
    "--mantine-color-dimmed": "#586565",
    "--mantine-color-error": "#a82b21",
    "--mantine-color-anchor": "#0b6e69",
    "--mantine-color-placeholder": "#6d7979",
    "--mantine-color-default": "#ffffff",
    "--mantine-color-default-border": "#d5dcdc",
    "--mantine-color-default-hover": "#f1f4f4",
    "--yx-surface": "#ffffff",
    "--yx-surface-sunken": "#f1f4f4",
    "--yx-border": "#e1e6e6",
    "--yx-hover": "#f3f6f6",
    "--yx-nav": "#f1f4f4",
    "--yx-nav-active": "#ffffff",
    "--yx-ok": "#177237",
    "--yx-warn": "#875b04",
    "--yx-bad": "#a82b21",
  },
  dark: {
    "--yx-on-filled": "#0e1314",
    "--mantine-color-body": "#0e1314",
    "--mantine-color-text": "#e3e9e9",
    "--mantine-color-dimmed": "#98a4a4",
    "--mantine-color-error": "#ee8c82",
    "--mantine-color-anchor": "#6cc3bb",
    "--mantine-color-placeholder": "#869292",
    "--mantine-color-default": "#1a2122",
    "--mantine-color-default-border": "#334040",
    "--mantine-color-default-hover": "#212a2b",
    "--yx-surface": "#141a1b",
    "--yx-surface-sunken": "#0f1516",
    "--yx-border": "#263030",
    "--yx-hover": "#1a2223",
    "--yx-nav": "#0b1011",
    "--yx-nav-active": "#1b2425",
    "--yx-ok": "#79c791",
    "--yx-warn": "#edbd4e",
    "--yx-bad": "#ee8c82",
    "--yx-series-1": "#3fb0a7",
    "--yx-series-2": "#8b98ee",
    "--yx-series-3": "#e3a545",
    "--yx-series-4": "#d37fb5",
    "--yx-series-5": "#8bbb5e",
    "--yx-series-6": "#e2836d",
    "--yx-series-7": "#6db2dd",
    "--yx-series-8": "#b0a693",
  },
});

export const SERIES_COUNT = 8;

/** The colour of the n-th series, as a CSS value. */
export function seriesColor(index: number): string {
  return `var(--yx-series-${(index % SERIES_COUNT) + 1})`;
}
