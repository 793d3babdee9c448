import type { TableCellProps, TableElementProps, TableHeaderProps, TableProps } from '@hubspot/ui-extensions';
import { useEffect, useRef, useState } from 'react';

/** A table that is wider than the page scrolls within its frame, by keyboard too. */
export function Table({ children }: TableProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const { current } = frame;
    if (current === null) return;
    const observer = new ResizeObserver(() => setScrolls(current.scrollWidth > current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return (
    <div className="table-frame" ref={frame} {...(scrolls && { tabIndex: 0 })}>
      <table>{children}</table>
    </div>
  );
}

export function TableHead({ children }: TableElementProps) {
  return <thead>{children}</thead>;
}

export function TableBody({ children }: TableElementProps) {
  return <tbody>{children}</tbody>;
}

export function TableRow({ children }: TableElementProps) {
  return <tr>{children}</tr>;
}

export function TableHeader({ children, align = 'left' }: TableHeaderProps) {
  return (
    <th scope="col" className={align}>
      {children}
    </th>
  );
}

export function TableCell({ children, align = 'left', colSpan }: TableCellProps) {
  return (
    <td colSpan={colSpan} className={align}>
      {colSpan === undefined ? children : <div className="wide-cell">{children}</div>}
    </td>
  );
}
