import { expect, it } from "vitest";
import { checksum, kindOfSecret } from "./key-format";

const body = "yx-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg";

it("reckons the checksum as the server does", () => {
  expect(checksum(body)).toBe("1it6LB");
});

it("tells a key from a look-alike", () => {
  expect(kindOfSecret(`${body}1it6LB`)).toBe("api_key");
  expect(kindOfSecret(`${body}1it6LC`)).toBeNull();
  expect(kindOfSecret(`${body}1it6L`)).toBeNull();
  expect(kindOfSecret("sk-something-else")).toBeNull();
  const management = body.replace("yx-", "yxm-");
  expect(kindOfSecret(management + checksum(management))).toBe("management_key");
  const token = `yxc-${"aZ-_9".repeat(26)}`;
  expect(kindOfSecret(token + checksum(token))).toBe("client_token");
});
