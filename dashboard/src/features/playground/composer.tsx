import {
  ActionIcon,
  Button,
  CloseButton,
  FileButton,
  Group,
  Kbd,
  Popover,
  Stack,
  Text,
  Textarea,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ImagePlus, Link2, SendHorizontal, Square, Upload } from "lucide-react";
import { type ClipboardEvent, type DragEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/hooks/use-format";
import {
  IMAGE_BYTES_MAX,
  IMAGE_TYPES,
  IMAGES_MAX,
  type ImageProblem,
  isInline,
  readImage,
  readImageUrl,
} from "./images";
import classes from "./playground.module.css";

const TEXT_CHARS_MAX = 1_000_000;
const IS_APPLE = /mac|iphone|ipad/i.test(navigator.userAgent);

export interface Draft {
  text: string;
  images: string[];
}

interface ComposerProps {
  /** What was being written when the page was left. */
  draft: Draft;
  onDraft: (draft: Draft) => void;
  isRunning: boolean;
  canAsk: boolean;
  seesImages: boolean;
  onSend: (text: string, images: string[]) => void;
  onStop: () => void;
}

export function Composer({ draft, onDraft, isRunning, canAsk, seesImages, onSend, onStop }: ComposerProps) {
  const { t } = useTranslation("playground");
  const [text, setText] = useState(draft.text);
  const images = useImages(draft.images);
  const { urls } = images;
  useEffect(() => onDraft({ text, images: urls }), [onDraft, text, urls]);
  const [isOver, setIsOver] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const isReady = canAsk && !isRunning && (text.trim() !== "" || images.urls.length > 0);

  const send = () => {
    if (!isReady) return;
    onSend(text, images.urls);
    setText("");
    images.clear();
    input.current?.focus();
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    void images.addFiles(files);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    void images.addFiles([...event.dataTransfer.files]);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button does the same
    <div
      className={classes.composer}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={onDrop}
    >
      <Attachments urls={images.urls} onRemove={images.remove} />
      {images.problem ? (
        <Text size="xs" c="red" role="alert" mb={6}>
          {images.problemText}
        </Text>
      ) : images.urls.length > 0 && !seesImages ? (
        <Text size="xs" className={classes.problem} role="status" mb={6}>
          {t("images.blind")}
        </Text>
      ) : null}
      <Textarea
        ref={input}
        aria-label={t("message")}
        placeholder={t("placeholder")}
        variant="unstyled"
        autosize
        minRows={2}
        maxRows={10}
        maxLength={TEXT_CHARS_MAX}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onPaste={onPaste}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            send();
          }
        }}
      />
      <Group justify="space-between" mt={4} wrap="nowrap">
        <ImageMenu images={images} />
        <Group gap="sm" wrap="nowrap">
          <Text size="xs" c="dimmed" visibleFrom="sm">
            {isRunning ? (
              <>
                <Kbd size="xs">Esc</Kbd> {t("hint.stop")}
              </>
            ) : (
              <>
                <Kbd size="xs">{IS_APPLE ? "⌘" : "Ctrl"}</Kbd> + <Kbd size="xs">Enter</Kbd> {t("hint.send")}
              </>
            )}
          </Text>
          {isRunning ? (
            <Button color="red" variant="light" leftSection={<Square size={13} />} onClick={onStop}>
              {t("stop")}
            </Button>
          ) : (
            <Button rightSection={<SendHorizontal size={15} />} onClick={send} disabled={!isReady}>
              {t("send")}
            </Button>
          )}
        </Group>
      </Group>
    </div>
  );
}

function useImages(initial: string[]) {
  const { t } = useTranslation("playground");
  const format = useFormat();
  const [urls, setUrls] = useState(initial);
  const [problem, setProblem] = useState<ImageProblem | null>(null);
  const add = (found: { url: string } | { problem: ImageProblem }): boolean => {
    if ("problem" in found) {
      setProblem(found.problem);
      return false;
    }
    setUrls((before) => {
      if (before.includes(found.url)) return before;
      if (before.length >= IMAGES_MAX) {
        setProblem("count");
        return before;
      }
      return [...before, found.url];
    });
    return true;
  };
  return {
    urls,
    problem,
    problemText: problem
      ? t(`images.problem.${problem}`, { size: format.bytes(IMAGE_BYTES_MAX), count: IMAGES_MAX })
      : "",
    addFiles: async (files: File[]) => {
      setProblem(null);
      for (const file of files.slice(0, IMAGES_MAX + 1)) add(await readImage(file));
    },
    addUrl: (text: string) => {
      setProblem(null);
      return add(readImageUrl(text));
    },
    remove: (url: string) => {
      setProblem(null);
      setUrls((before) => before.filter((one) => one !== url));
    },
    clear: () => {
      setProblem(null);
      setUrls([]);
    },
  };
}

function Attachments({ urls, onRemove }: { urls: string[]; onRemove: (url: string) => void }) {
  const { t } = useTranslation("playground");
  if (urls.length === 0) return null;
  return (
    <ul className={classes.attachments}>
      {urls.map((url, index) => (
        <li key={url}>
          <ImageView url={url} label={t("images.number", { number: index + 1 })} />
          <CloseButton
            size="xs"
            radius="xl"
            className={classes.detach}
            aria-label={t("images.remove", { number: index + 1 })}
            onClick={() => onRemove(url)}
          />
        </li>
      ))}
    </ul>
  );
}

/** Inline images are shown; those on other hosts are named, because nothing here loads from other hosts. */
export function ImageView({ url, label }: { url: string; label: string }) {
  if (isInline(url)) return <img src={url} alt={label} className={classes.image} />;
  return (
    <span className={classes.remote} title={url}>
      <Link2 size={14} aria-hidden />
      <span>{url.replace(/^https?:\/\//, "")}</span>
    </span>
  );
}

function ImageMenu({ images }: { images: ReturnType<typeof useImages> }) {
  const { t } = useTranslation("playground");
  const [isOpen, menu] = useDisclosure(false);
  const [url, setUrl] = useState("");
  const addUrl = () => {
    if (!images.addUrl(url)) return;
    setUrl("");
    menu.close();
  };
  return (
    <Popover opened={isOpen} onChange={menu.close} position="top-start" shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label={t("images.add")}>
          <ActionIcon size="lg" aria-label={t("images.add")} aria-expanded={isOpen} onClick={menu.toggle}>
            <ImagePlus size={18} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs" w={270}>
          <FileButton
            multiple
            accept={IMAGE_TYPES.join(",")}
            onChange={(files) => {
              void images.addFiles(files);
              menu.close();
            }}
          >
            {(props) => (
              <Button {...props} variant="default" leftSection={<Upload size={15} />}>
                {t("images.upload")}
              </Button>
            )}
          </FileButton>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              addUrl();
            }}
          >
            <Group gap="xs" align="flex-end" wrap="nowrap">
              <TextInput
                label={t("images.url")}
                placeholder="https://…"
                value={url}
                onChange={(event) => setUrl(event.currentTarget.value)}
                style={{ flex: 1 }}
              />
              <Button type="submit" variant="default" disabled={url.trim() === ""}>
                {t("images.addUrl")}
              </Button>
            </Group>
          </form>
          <Text size="xs" c="dimmed">
            {t("images.hint")}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
