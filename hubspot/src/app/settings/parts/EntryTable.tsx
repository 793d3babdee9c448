import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@hubspot/ui-extensions';
import { Fragment, type ReactNode } from 'react';

export type Column<Entry> = {
  readonly label: string;
  readonly cell: (entry: Entry) => ReactNode;
  /** Numbers stand at the right. */
  readonly align?: 'right';
};

type EntryTableProps<Entry> = {
  readonly entries: readonly Entry[];
  readonly idOf: (entry: Entry) => string;
  readonly columns: readonly Column<Entry>[];
  /** What is open below an entry, over the whole width; nothing below most of them. */
  readonly below?: (entry: Entry) => ReactNode;
  readonly density?: 'condensed' | 'compact';
};

/** Rows of one kind. A button stands in the cell of what it changes: a phone shows the columns at the right last. */
export function EntryTable<Entry>(props: EntryTableProps<Entry>) {
  const { entries, idOf, columns, below = () => null, density = 'condensed' } = props;
  const alignOf = ({ align }: Column<Entry>) => (align === undefined ? {} : { align });
  return (
    <Table density={density}>
      <TableHead>
        <TableRow>
          {columns.map((column) => (
            <TableHeader key={column.label} {...alignOf(column)}>
              {column.label}
            </TableHeader>
          ))}
        </TableRow>
      </TableHead>
      <TableBody>
        {entries.map((entry) => {
          const open = below(entry);
          return (
            <Fragment key={idOf(entry)}>
              <TableRow>
                {columns.map((column) => (
                  <TableCell key={column.label} {...alignOf(column)}>
                    {column.cell(entry)}
                  </TableCell>
                ))}
              </TableRow>
              {open && (
                <TableRow>
                  <TableCell colSpan={columns.length}>{open}</TableCell>
                </TableRow>
              )}
            </Fragment>
          );
        })}
      </TableBody>
    </Table>
  );
}
