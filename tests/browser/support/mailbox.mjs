// A real SMTP server on loopback that keeps what it is sent.
import { once } from "node:events";
import { SMTPServer } from "smtp-server";

function decode(body, encoding) {
  if (/base64/i.test(encoding)) return Buffer.from(body, "base64").toString();
  if (!/quoted-printable/i.test(encoding)) return body;
  const bytes = body.replaceAll(/=\r?\n/g, "").replaceAll(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}

/** The head of a message and the text of all its parts. */
function read(raw) {
  const split = raw.indexOf("\r\n\r\n");
  const head = raw.slice(0, split).replaceAll(/\r\n[ \t]+/g, " ");
  const boundary = head.match(/boundary="?([^";\r\n]+)/i)?.[1];
  const header = (name) => head.match(new RegExp(`^${name}: *(.*)$`, "im"))?.[1] ?? "";
  const body = raw.slice(split + 4);
  if (!boundary) return { head, header, text: decode(body, header("Content-Transfer-Encoding")) };
  const parts = body.split(`--${boundary}`).slice(1, -1).map((part) => read(part.replace(/^\r\n/, "")).text);
  return { head, header, text: parts.join("\n") };
}

export async function startMailbox() {
  const mails = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    onData(stream, session, done) {
      const chunks = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), ...read(Buffer.concat(chunks).toString("latin1")) });
        done();
      });
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  return {
    port: server.server.address().port,
    mails,
    to: (address) => mails.filter((mail) => mail.to.includes(address)),
    stop: () => new Promise((done) => server.close(done)),
  };
}

/** The link to a page of ours in a mail. */
export function linkIn(mail, page) {
  const link = mail.text.match(new RegExp(`http://127\\.0\\.0\\.1:\\d+/${page}#[A-Za-z0-9_-]+`))?.[0];
  if (!link) throw new Error(`no link to /${page} in:\n${mail.text}`);
  return link;
}
