/** Roles in the organisation. Nobody gives, by role, what their own role does not allow: the server sees to it. */
import type { Input, Output } from '../../../contract/index.ts';
import { changeRole, createRole, deleteRole, listRoles } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

export class RoleDesk {
  readonly #current: () => OpenAccount;

  constructor({ current }: { readonly current: () => OpenAccount }) {
    this.#current = current;
  }

  async list(): Promise<Output<'roles', 'list'>> {
    const { items, permissions } = await listRoles(this.#current().client);
    return { roles: items, permissions };
  }

  async create(content: Input<'roles', 'create'>): Promise<{ roleId: string }> {
    return { roleId: await createRole(this.#current().client, content) };
  }

  change({ roleId, ...content }: Input<'roles', 'change'>): Promise<unknown> {
    return changeRole(this.#current().client, roleId, content);
  }

  remove(roleId: string): Promise<unknown> {
    return deleteRole(this.#current().client, roleId);
  }
}
