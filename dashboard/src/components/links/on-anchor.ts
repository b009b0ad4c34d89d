import type { ElementProps } from "@mantine/core";
import type { Ref } from "react";

/** The props of one of Mantine's components on an `<a>`. */
export type OnAnchor<Props> = Props &
  ElementProps<"a", keyof Props & string> & { ref?: Ref<HTMLAnchorElement> };
