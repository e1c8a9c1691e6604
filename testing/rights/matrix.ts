/**
 * The matrix of rights as it really is: every endpoint asked by everybody, and the table that is
 * published of it (`docs/rights.md`).
 */
import { RequestFailed } from '../organisation/index.ts';
import type { Http, Member } from '../organisation/index.ts';
import { administering } from './administering.ts';
import type { Attempt, Prepare } from './attempts.ts';
import { attempts } from './attempts.ts';
import type { Stage } from './stage.ts';
import { kinds } from './stage.ts';

/** An endpoint as the server describes it. */
export interface Route {
  /** Method and path, as in `GET /vaults/{id}`. */
  name: string;
  needs: string;
  /** The event that the endpoint logs, or in what other way it does. */
  logs: string | undefined;
}

/** How an endpoint answered some people, in the order of the columns. */
export interface Row extends Route {
  statuses: number[];
}

/** Every endpoint, in the order of the paths. */
export async function describedRoutes(http: Http): Promise<Route[]> {
  type Described = Record<string, Record<string, { 'x-needs': string; 'x-logs'?: string }>>;
  const { paths } = await http.send<{ paths: Described }>('GET', '/openapi.json');
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      name: `${method.toUpperCase()} ${path.replace('/api/v1', '')}`,
      needs: described['x-needs'],
      logs: described['x-logs'],
    })),
  );
  const byPath = ({ name }: Route) => name.split(' ').reverse().join(' ');
  return routes.toSorted((one, other) => (byPath(one) < byPath(other) ? -1 : 1));
}

/** The endpoints with a right or a permission that nobody has said yet how to try. */
export function untried({ permitted, onObjects }: ReturnType<typeof sorted>): string[] {
  const missing = (routes: readonly Route[], prepares: Readonly<Record<string, Prepare>>) =>
    routes.filter(({ name }) => !prepares[name]).map(({ name }) => name);
  return [...missing(onObjects, attempts), ...missing(permitted, administering)];
}

/** Routes whose need is a right on an object, and those whose need is a permission. */
export function sorted(routes: readonly Route[], permissions: readonly string[]) {
  const isOpen = ({ needs }: Route) => needs === 'nothing';
  const isForAll = ({ needs }: Route) => needs === 'session';
  const isPermitted = ({ needs }: Route) => permissions.includes(needs);
  return {
    open: routes.filter(isOpen),
    forAll: routes.filter(isForAll),
    permitted: routes.filter(isPermitted),
    // A search answers what may be read and is open to everybody; its tests are elsewhere.
    onObjects: routes.filter(
      (route) => !isOpen(route) && !isForAll(route) && !isPermitted(route) && !route.name.endsWith('/search'),
    ),
  };
}

async function sendBytes(stage: Stage, who: Member | undefined, attempt: Attempt): Promise<number> {
  const token = who ? { Authorization: `Bearer ${await stage.token(who)}` } : {};
  const response = await fetch(`${stage.server.url}/api/v1${attempt.path}`, {
    ...{ method: 'PUT', body: attempt.bytes?.data ?? '' },
    headers: { ...attempt.bytes?.headers, ...token },
    signal: AbortSignal.timeout(60_000),
  });
  await response.arrayBuffer();
  return response.status;
}

async function sendJson(http: Http, method: string, { path, body }: Attempt): Promise<number> {
  const sent = method === 'GET' ? undefined : (body ?? {});
  return http.send(method, path, sent).then(
    () => 200,
    (error: unknown) => {
      if (error instanceof RequestFailed) return error.status;
      // Bytes instead of JSON: it was answered.
      if (error instanceof SyntaxError) return 200;
      throw error;
    },
  );
}

/** The status of one request by one person, undone afterwards. */
async function tried(stage: Stage, route: Route, who: Member | undefined, prepare: Prepare) {
  const attempt = await prepare(stage, who);
  const [method = ''] = route.name.split(' ');
  const status = attempt.bytes
    ? await sendBytes(stage, who, attempt)
    : await sendJson(who?.http ?? stage.server.http, method, attempt);
  await attempt.undo?.();
  return status;
}

async function row(
  stage: Stage,
  route: Route,
  people: readonly (Member | undefined)[],
  prepares: Readonly<Record<string, Prepare>>,
): Promise<Row> {
  const prepare = prepares[route.name];
  if (!prepare) throw new Error(`Nobody says how to try ${route.name}.`);
  const statuses: number[] = [];
  for (const who of people) statuses.push(await tried(stage, route, who, prepare));
  return { ...route, statuses };
}

/** How the endpoints of objects answer everybody, in the order of `kinds`. */
export async function objectRows(stage: Stage, routes: readonly Route[]): Promise<Row[]> {
  const rows: Row[] = [];
  const people = kinds.map((kind) => stage.people.get(kind));
  for (const route of routes) rows.push(await row(stage, route, people, attempts));
  return rows;
}

/** Who tries the endpoints of administration. */
export const administrators = [
  ...['anonymous', 'stranger', 'user', 'every other permission', 'this permission', 'administrator'],
] as const;

/** How the endpoints of administration answer, in the order of `administrators`. */
export async function administrationRows(
  stage: Stage,
  routes: readonly Route[],
  permissions: readonly string[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [needs, inNeed] of Map.groupBy(routes, (route) => route.needs)) {
    const others = permissions.filter((permission) => permission !== needs);
    const people = [
      ...[undefined, stage.people.get('stranger'), stage.people.get('none')],
      ...[await holder(stage, `without ${needs}`, others), await holder(stage, `with ${needs}`, [needs])],
      stage.people.get('administrator'),
    ];
    for (const route of inNeed) rows.push(await row(stage, route, people, administering));
  }
  return rows.toSorted(
    (one, other) =>
      routes.findIndex(({ name }) => name === one.name) - routes.findIndex(({ name }) => name === other.name),
  );
}

/** Somebody with a role of exactly some permissions. */
async function holder(stage: Stage, login: string, permissions: readonly string[]): Promise<Member> {
  const userRoleId = await stage.create('/user-roles', { name: login, permissions });
  const member = await stage.organisation.join(login.replace(':', '-'));
  await stage.owner.http.send('PATCH', `/users/${member.userId}`, { userRoleId });
  return member;
}

const marks = new Map([
  [401, '401'],
  [403, '–'],
  [404, '404'],
]);
/** Everything else was let through: a refusal by the state of things comes after the right. */
const mark = (status: number) => marks.get(status) ?? 'yes';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const rowCells = ({ name, needs, statuses }: Row) => [`\`${name}\``, `\`${needs}\``, ...statuses.map(mark)];

/** The published table. */
export function rightsPage(
  objects: readonly Row[],
  administration: readonly Row[],
  forAll: readonly Route[],
  open: readonly Route[],
): string {
  const list = (routes: readonly Route[]) => routes.map(({ name }) => `- \`${name}\``).join('\n');
  return `# Who may do what

Made by \`node testing/rights/write.ts\` from the answers of a real server, and held against them by \`server/api/rights.test.ts\`. Change the server, not this page.

"yes": carried out. "–": refused (403). "404": the object does not exist for them. "401": log in first. An organisation with client-side encryption; everybody with a level has the vault key. "none" is a colleague whom nothing names, "administrator" the role in the organisation, in a vault of its members' own.

## Rights on vaults, folders and records

${table(['endpoint', 'needs', ...kinds], objects.map(rowCells))}

## Permissions in the organisation

The columns with permissions are roles of the organisation's own that have exactly those. Nobody gives a role, or touches an account, that may do more than they may. The stranger administers another organisation: where no object is named they are answered of their own.

${table(['endpoint', 'needs', ...administrators], administration.map(rowCells))}

## Everybody who is logged in

They answer of objects only what the caller may read, or concern the caller alone.

${list(forAll)}

## Without logging in

${list(open)}
`;
}
