import type { AccordionProps, ButtonRowProps, DividerProps, FlexProps, TileProps } from '@hubspot/ui-extensions';
import { useState } from 'react';

export function Flex({ children, direction = 'row', gap = 'flush', align = 'stretch' }: FlexProps) {
  return <div className={`flex ${direction} gap-${gap} align-${align}`}>{children}</div>;
}

export function Tile({ children }: TileProps) {
  return <div className="tile">{children}</div>;
}

export function Divider(_: DividerProps) {
  return <hr />;
}

export function ButtonRow({ children }: ButtonRowProps) {
  return <div className="button-row">{children}</div>;
}

export function Accordion({ title, children, defaultOpen = false }: AccordionProps) {
  const [isOpen, setIsOpen] = useState(defaultOpen);
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
