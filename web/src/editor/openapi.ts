import { bodyOf } from "../client/errors.ts";

/** The parts of an OpenAPI v3 schema that the editor reads. See k8s.io/kube-openapi/pkg/spec3. */
export interface Schema {
  readonly $ref?: string;
  /** A field of an object type is `allOf` with one reference, so that it can have a description of its own. */
  readonly allOf?: readonly Schema[];
  /** Of int-or-string and quantities. */
  readonly oneOf?: readonly Schema[];
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-group-version-kind"?: readonly GroupVersionKind[];
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** The part of a group-version's document that is kept: its paths are not. */
type Schemas = Readonly<Record<string, Schema>>;

/** A schema with the document that its references lead into. */
export interface Field {
  readonly schema: Schema;
  readonly schemas: Schemas;
}

/** A kind that the cluster serves. */
export interface ServedKind {
  /** As a manifest writes it, such as `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
}

interface OpenApiDocument {
  readonly components?: { readonly schemas?: Schemas };
}

/** The parts of an APIGroupDiscoveryList that are read, k8s.io/api/apidiscovery/v2. */
interface Discovery {
  readonly items: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly {
        readonly responseKind?: { readonly kind: string };
        readonly verbs: readonly string[];
      }[];
    }[];
  }[];
}

type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

const DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/**
 * The cluster's own OpenAPI v3, a document for each group-version, fetched on
 * first use and cached. A document that could not be fetched is requested again
 * the next time.
 */
export class OpenApi {
  readonly #fetch: Fetch;
  readonly #documents = new Map<string, Promise<Schemas | undefined>>();
  #kinds: Promise<readonly ServedKind[]> | undefined;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  /** Another cluster may serve other versions. */
  clear(): void {
    this.#documents.clear();
    this.#kinds = undefined;
  }

  /** The schema of a kind's objects; undefined for one that is not served or not described. */
  async kind(apiVersion: string, kind: string): Promise<Field | undefined> {
    const schemas = await this.#schemas(apiVersion);
    const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
    const schema = Object.values(schemas ?? {}).find((candidate) =>
      candidate["x-kubernetes-group-version-kind"]?.some(
        (served) => served.kind === kind && served.group === group && served.version === version,
      ),
    );
    return schema === undefined || schemas === undefined ? undefined : { schema, schemas };
  }

  /** Every kind that can be applied, in the order of discovery: the preferred version of a group first. */
  kinds(): Promise<readonly ServedKind[]> {
    this.#kinds ??= this.#discover().catch((error) => {
      this.#kinds = undefined;
      throw error;
    });
    return this.#kinds;
  }

  #schemas(apiVersion: string): Promise<Schemas | undefined> {
    let document = this.#documents.get(apiVersion);
    if (document === undefined) {
      document = this.#document(apiVersion).catch((error) => {
        this.#documents.delete(apiVersion);
        throw error;
      });
      this.#documents.set(apiVersion, document);
    }
    return document;
  }

  /**
   * By its address as the API documents it. The index at /openapi/v3, which gives
   * the same address with a digest, makes the server describe every group-version
   * first.
   */
  async #document(apiVersion: string): Promise<Schemas | undefined> {
    const path = apiVersion.includes("/") ? `apis/${apiVersion}` : `api/${apiVersion}`;
    const body = await this.#get(`/openapi/v3/${path}`, "application/json");
    // A group-version that is not served has an empty document.
    return body === "" ? undefined : (JSON.parse(body) as OpenApiDocument).components?.schemas;
  }

  async #discover(): Promise<readonly ServedKind[]> {
    const groups = await Promise.all(
      ["/api", "/apis"].map(async (path) => JSON.parse(await this.#get(path, DISCOVERY)) as Discovery),
    );
    return groups
      .flatMap(({ items }) => items)
      .flatMap(({ metadata, versions }) =>
        versions.flatMap(({ version, resources }) =>
          resources
            .filter(({ verbs }) => verbs.includes("create") && verbs.includes("patch"))
            .map(({ responseKind }) => ({
              apiVersion: metadata?.name ? `${metadata.name}/${version}` : version,
              kind: responseKind?.kind ?? "",
            })),
        ),
      );
  }

  async #get(path: string, accept: string): Promise<string> {
    return bodyOf(await this.#fetch(path, { headers: { Accept: accept } }));
  }
}

/** Follows references to the schema itself; what is stated next to a reference takes precedence. */
export function resolve({ schema, schemas }: Field): Field {
  let found = schema;
  let description = schema.description;
  let byDefault = schema.default;
  for (let depth = 0; depth < 8; depth++) {
    const reference: Schema | undefined = found.$ref === undefined ? found.allOf?.[0] : undefined;
    const next: Schema | undefined =
      found.$ref === undefined ? reference : schemas[found.$ref.replace(/^#\/components\/schemas\//, "")];
    if (next === undefined) {
      break;
    }
    found = next;
    description ??= next.description;
    byDefault ??= next.default;
  }
  return {
    schema: {
      ...found,
      ...(description ? { description } : {}),
      ...(byDefault === undefined ? {} : { default: byDefault }),
    },
    schemas,
  };
}

/** One step into a field: a name, or `[]` for any item of a list. */
export type Step = string;

export const ITEM: Step = "[]";

/** The field that a path leads to; undefined if the schema has none. */
export function fieldAt(root: Field, path: readonly Step[]): Field | undefined {
  let field: Field | undefined = resolve(root);
  for (const step of path) {
    field = field === undefined ? undefined : child(field, step);
  }
  return field;
}

/** The field of that name of a resolved field, or its items. */
export function child({ schema, schemas }: Field, step: Step): Field | undefined {
  if (step === ITEM) {
    return schema.items === undefined ? undefined : resolve({ schema: schema.items, schemas });
  }
  const { additionalProperties } = schema;
  const found =
    schema.properties !== undefined && Object.hasOwn(schema.properties, step)
      ? schema.properties[step]
      : typeof additionalProperties === "object"
        ? additionalProperties
        : undefined;
  return found === undefined ? undefined : resolve({ schema: found, schemas });
}

/** Whether an object may have fields that its schema does not name. */
export function isOpen({ schema }: Field): boolean {
  return (
    schema["x-kubernetes-preserve-unknown-fields"] === true ||
    (schema.additionalProperties !== undefined && schema.additionalProperties !== false) ||
    schema.properties === undefined
  );
}

/** The types of a value: several for an int-or-string, none if any value is allowed. */
export function typesOf({ schema }: Field): readonly string[] {
  if (schema.oneOf !== undefined) {
    return schema.oneOf.flatMap(({ type }) => (type === undefined ? [] : [type]));
  }
  return schema.type === undefined ? [] : [schema.type];
}

/** The type as documentation writes it, such as `[]object` or `integer or string`. */
export function typeText(field: Field): string {
  const { schema } = field;
  if (schema.type === "array") {
    const items = child(field, ITEM);
    return `[]${items === undefined ? "" : typeText(items)}`;
  }
  if (schema.type === "object" && typeof schema.additionalProperties === "object") {
    return `map[string]${typeText(resolve({ schema: schema.additionalProperties, schemas: field.schemas }))}`;
  }
  const name = typesOf(field).join(" or ");
  return schema.format !== undefined && schema.format !== "int-or-string" && schema.type !== "object"
    ? `${name} (${schema.format})`
    : name;
}
