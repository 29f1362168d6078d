import { changedFields } from "./changes";
import { type CheckFailure, type Difference, type Handler, PartialFailure } from "./handler";

/** The property in which Pulumi keeps a resource's serialised provider. */
const providerKey = "__provider";

/**
 * The property in which an operation that ended half-way leaves a mark until a later one completes it. The engine keeps
 * the error for that, but a refresh clears it.
 */
const incompleteKey = "__incomplete";

type Properties = Record<string, unknown>;

/** What the handler knows of. */
function own(properties: Properties): Properties {
  const { [providerKey]: _, [incompleteKey]: __, ...rest } = properties;
  return rest;
}

/** The wire format knows no `undefined`: the SDK throws on it. */
function defined<T>(properties: T): T {
  return JSON.parse(JSON.stringify(properties));
}

/** Without fields that are null, which for an argument means left out: handlers need not distinguish the two. */
function given<T>(value: T): T {
  if (Array.isArray(value)) return value.map(given) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(entries.map(([key, part]) => [key, given(part)])) as T;
}

/** The engine prints the value of a failure's property, secrets in plain text: so the reason names the property instead. */
function withoutProperty({ property, reason }: CheckFailure): CheckFailure {
  return { property: "", reason: `${property}: ${reason}` };
}

/** Adapts a {@link Handler} to the methods that Pulumi's dynamic provider calls. */
export function serve<Inputs, Outputs>(handler: Handler<Inputs, Outputs>): Served {
  // The engine passes plain properties; the handler's `check` verifies that they are what it declares.
  return new Served(handler as unknown as Handler<Properties, Properties>);
}

/** A handler behind the methods of a dynamic provider. */
export class Served {
  constructor(private readonly handler: Handler<Properties, Properties>) {}

  async check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: CheckFailure[] }> {
    const inputs = given(news);
    const failures = this.handler.check?.(own(inputs), own(olds ?? {})) ?? [];
    return { inputs, failures: failures.map(withoutProperty) };
  }

  async diff(_id: string, olds: Properties, news: Properties): Promise<Difference> {
    const difference = this.difference(own(olds), own(news));
    return olds[incompleteKey] === true ? { ...difference, changes: true } : difference;
  }

  private difference(olds: Properties, news: Properties): Difference {
    if (this.handler.diff) return this.handler.diff(olds, news);
    return { changes: changedFields(olds, news, Object.keys(news)).length > 0 };
  }

  async create(inputs: Properties): Promise<{ id: string; outs: Properties }> {
    return this.keepingProvider(inputs, async () => defined(await this.handler.create(own(inputs))));
  }

  async update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }> {
    return this.keepingProvider(news, async () => {
      if (!this.handler.update) return { outs: own(news) };
      return defined(await this.handler.update(id, own(olds), own(news)));
    });
  }

  async read(id: string, properties: Properties): Promise<{ id?: string; props?: Properties }> {
    if (!this.handler.read) return { id, props: properties };
    const outs = await this.handler.read(id, own(properties));
    if (outs === undefined) return {};
    const { [incompleteKey]: incomplete } = properties;
    return { id, props: defined({ ...outs, ...(incomplete === true && { [incompleteKey]: true }) }) };
  }

  async delete(id: string, properties: Properties): Promise<void> {
    await this.handler.delete?.(id, own(properties));
  }

  /**
   * Pulumi takes a thrown `{ id, properties, reasons }` as "exists, but failed". Without the provider among the
   * properties a later refresh or destroy of that resource would crash.
   */
  private async keepingProvider<T>(inputs: Properties, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof PartialFailure)) throw error;
      const marks = { [incompleteKey]: true, [providerKey]: inputs[providerKey] };
      const properties = { ...defined(error.outs as Properties), ...marks };
      throw Object.assign(new Error(error.message), { id: error.id, properties, reasons: [error.message] });
    }
  }
}
