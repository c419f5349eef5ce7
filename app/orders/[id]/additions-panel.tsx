import { randomUUID } from "node:crypto";
import { attachmentEndings } from "#lib/domain/attachment-name";
import { attachment_bytes_max, attachmentMediaTypes } from "#lib/domain/commands";
import { CommentForm } from "../../../components/comment-form";
import { FileForm } from "../../../components/file-form";
import { Panel } from "../../../components/panel";
import { attachFile, comment } from "./additions-actions";

/** To say something about an order, or leave a paper with it; both then stand in its history. */
export function AdditionsPanel({ order }: { order: string }) {
  return (
    <Panel title="Add to the history">
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        <CommentForm action={comment} hidden={{ order, commandId: randomUUID() }} />
        <FileForm
          action={attachFile}
          hidden={{ order, commandId: randomUUID() }}
          accept={[...attachmentMediaTypes, ...attachmentEndings].join()}
          bytes_max={attachment_bytes_max}
          hint={`A PDF, a picture or a text, at most ${attachment_bytes_max / 1024 / 1024} MiB. It is kept encrypted.`}
        />
      </div>
    </Panel>
  );
}
