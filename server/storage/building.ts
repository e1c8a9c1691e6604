/** The pieces that migration steps are made of. */
import type { CreateTableBuilder, Kysely } from 'kysely';

/** A table whose rows have an id of 24 hexadecimal digits and a time of creation. */
export function entity(database: Kysely<unknown>, name: string) {
  return database.schema
    .createTable(name)
    .addColumn('id', 'varchar(24)', (column) => column.primaryKey())
    .addColumn('created_at', 'bigint', (column) => column.notNull());
}

/** A column that refers to a row of another table and goes with it. */
export function reference<Name extends string>(
  table: CreateTableBuilder<Name, string>,
  column: string,
  target: string,
  required = true,
) {
  return table.addColumn(column, 'varchar(24)', (builder) => {
    const referring = builder.references(`${target}.id`).onDelete('cascade');
    return required ? referring.notNull() : referring;
  });
}

/** Creates indexes, each named after its table and columns. */
export async function createIndexes(
  database: Kysely<unknown>,
  wanted: readonly (readonly [table: string, columns: readonly string[]])[],
): Promise<void> {
  for (const [table, columns] of wanted) {
    const name = `${table}_by_${columns.join('_')}`;
    await database.schema
      .createIndex(name)
      .on(table)
      .columns([...columns])
      .execute();
  }
}
