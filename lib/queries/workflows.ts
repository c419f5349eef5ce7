import type { AuthorizedActor } from "#lib/domain/authority";
import type { WorkflowDefinition } from "#lib/domain/workflow";
import { workflows } from "#lib/domain/workflows/registry";
import { type DrawnEdge, type DrawnStep, drawnWorkflow } from "./drawn-workflow";
import type { Counted } from "./page";
import { namesOf } from "./people-names";
import { demandReader } from "./permission";
import type { Deed } from "./person";
import { type PolicyLine, policyLines } from "./policy-lines";
import { stepNote } from "./step-note";
import { stepsNow } from "./steps-now";
import { readStreams, type Store, type StoredEvent } from "./store";
import { actorWords } from "./words";

/** A version of a workflow: by whom and when it was published, and the hash that it is held to from then on. */
export type WorkflowVersion = { version: number; hash: string; published: Deed | null; current: boolean };

export type WorkflowSummary = {
  name: string;
  title: string;
  current: WorkflowVersion;
  policy: PolicyLine[];
};

export type WorkflowView = WorkflowSummary & {
  /** The newest first. */
  versions: WorkflowVersion[];
  /** A step with how many orders are at it now; null where that is not counted. */
  steps: (DrawnStep & { note: string | undefined; now: Counted | null })[];
  edges: DrawnEdge[];
};

/** The workflows of this version of Holdpoint, by title. Throws for an actor who may not read about workflows. */
export async function workflowList(actor: AuthorizedActor, store: Store): Promise<WorkflowSummary[]> {
  demandReader(actor, store.keys.workspace, "workflows");
  const names = [...new Set(workflows.map(({ name }) => name))];
  const told = await Promise.all(names.map((name) => tellOf(store, name)));
  return told
    .map(({ versions: _, ...summary }) => summary)
    .sort((one, other) => one.title.localeCompare(other.title));
}

/** One workflow, drawn, with what is at its steps; null when there is none of this name. Throws as the list does. */
export async function workflowView(
  actor: AuthorizedActor,
  store: Store,
  name: string,
): Promise<WorkflowView | null> {
  demandReader(actor, store.keys.workspace, "workflows");
  const newest = versionsOf(name)[0];
  if (!newest) return null;
  const [told, now] = await Promise.all([tellOf(store, name), stepsNow(store, newest)]);
  const { steps, edges } = drawnWorkflow(newest);
  return {
    ...told,
    steps: steps.map((step) => ({
      ...step,
      note: stepNote(newest.steps[step.id]),
      now: now.get(step.id) ?? null,
    })),
    edges,
  };
}

/** The definitions of this name, the newest first. */
function versionsOf(name: string): WorkflowDefinition[] {
  return workflows.filter((each) => each.name === name).sort((one, other) => other.version - one.version);
}

async function tellOf(
  store: Store,
  name: string,
): Promise<WorkflowSummary & { versions: WorkflowVersion[] }> {
  const definitions = versionsOf(name);
  const newest = definitions[0]!;
  const streamOf = ({ version }: WorkflowDefinition) => `workflow/${name}:${version}`;
  const streams = await readStreams(store, [...definitions.map(streamOf), `policy/${name}`]);
  const events = [...streams.values()].flat();
  const names = await namesOf(
    store,
    events.map(({ body }) => body.actor.id),
  );
  const deed = ({ body }: StoredEvent): Deed => ({
    by: actorWords(body.actor, names.person).name,
    at: body.recordedAt,
  });
  const versions = definitions.map((definition): WorkflowVersion => {
    const published = streams.get(streamOf(definition))?.[0];
    const { version, hash } = definition;
    return { version, hash, published: published ? deed(published) : null, current: definition === newest };
  });
  const policies = (streams.get(`policy/${name}`) ?? []).flatMap((stored) =>
    stored.event?.type === "policyPublished"
      ? [{ parameters: stored.event.data.parameters, published: deed(stored) }]
      : [],
  );
  return {
    name,
    title: newest.title,
    current: versions[0]!,
    versions,
    policy: policyLines(newest, policies, versions[0]?.published ?? null),
  };
}
