/** Writes `docs/rights.md` from the answers of a real server: `node testing/rights/write.ts`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { permissions } from '../../server/access/vocabulary.ts';
import { administrationRows, describedRoutes, objectRows, rightsPage, sorted } from './matrix.ts';
import { startStage } from './stage.ts';

const file = fileURLToPath(new URL('../../docs/rights.md', import.meta.url));
const stage = await startStage();
try {
  const routes = sorted(await describedRoutes(stage.server.http), permissions);
  const objects = await objectRows(stage, routes.onObjects);
  const administration = await administrationRows(stage, routes.permitted, permissions);
  const page = rightsPage(objects, administration, routes.forAll, routes.open);
  const style = await resolveConfig(file);
  writeFileSync(file, await format(page, { ...style, parser: 'markdown' }));
} finally {
  await stage.close();
}
