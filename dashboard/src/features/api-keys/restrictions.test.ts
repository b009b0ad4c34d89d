import { expect, it } from "vitest";
import { isNetwork, restrictionsOf } from "./restrictions";

it.each(["203.0.113.7", "10.0.0.0/8", "2001:db8::/32", "::1", " 192.0.2.1 "])("%s is a network", (text) => {
  expect(isNetwork(text)).toBe(true);
});

it.each(["", "300.1.1.1", "10.0.0.0/33", "10.0.0/8", "example.com", "2001:zz::", "::1/129", "1.2.3.4/8/8"])(
  "%s is no network",
  (text) => {
    expect(isNetwork(text)).toBe(false);
  },
);

it("an empty list does not narrow", () => {
  expect(restrictionsOf({ models: [], endpoints: ["chat"], networks: [" 10.0.0.1 ", ""] })).toEqual({
    models: null,
    endpoints: ["chat"],
    networks: ["10.0.0.1"],
  });
});
