/**
 * How the stand-in is held to Electron's own declarations.
 *
 * `StandInFor<Electron.X, names>` is X cut down to `names`: their parameters exactly, their
 * plain results exactly. Where a method gives one of Electron's own objects the result is
 * open, because the stand-in's object is itself a cut-down one.
 */

type Plain = string | number | boolean | null | undefined | Uint8Array | Date;

type Given<Result> = [Result] extends [Plain]
  ? Result
  : [Result] extends [Promise<infer Held>]
    ? Promise<Given<Held>>
    : unknown;

/** The members `Names` of an Electron module, as the stand-in must have them. */
export type StandInFor<Module, Names extends keyof Module> = {
  [Name in Names]: Module[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Given<Result>
    : Given<Module[Name]>;
};

/**
 * Makes the use of a member that is not stood in for fail by name, instead of as
 * "undefined is not a function" somewhere else.
 */
export function strict<T extends object>(name: string, module: T): T {
  return new Proxy(module, {
    get(target, member, receiver): unknown {
      if (typeof member === 'string' && !(member in target) && !tolerated.has(member)) {
        throw new Error(`electron.${name}.${member} has no stand-in; add it under testing/desktop.`);
      }
      return Reflect.get(target, member, receiver);
    },
  });
}

/** Names that the language itself asks any object for. */
const tolerated = new Set([
  'then',
  'toJSON',
  'constructor',
  'domain',
  '_maxListeners',
  '_events',
  'asymmetricMatch',
]);
