import type { TabProps, TabsProps } from '@hubspot/ui-extensions';
import { Children, isValidElement, type KeyboardEvent, type ReactElement, useId, useRef } from 'react';

/** The tabs pattern of the ARIA practices: one stop of the keyboard, arrows choose. */
export function Tabs({ children, selected, onSelectedChange }: TabsProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const tabs = Children.toArray(children).filter((child): child is ReactElement<TabProps> => isValidElement(child));
  const choose = (tabId: TabProps['tabId']) => (onSelectedChange as ((id: unknown) => void) | undefined)?.(tabId);
  const index = tabs.findIndex(({ props }) => props.tabId === selected);

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const target = { Home: 0, End: tabs.length - 1 }[event.key] ?? (step && (index + step + tabs.length) % tabs.length);
    if (target === undefined) return;
    event.preventDefault();
    choose(tabs[target]?.props.tabId);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[target]?.focus();
  }

  return (
    <>
      <div role="tablist" ref={list} onKeyDown={onKeyDown}>
        {tabs.map(({ props: { tabId, title } }) => (
          <button
            key={tabId}
            type="button"
            role="tab"
            id={`${id}-${tabId}`}
            aria-selected={tabId === selected}
            aria-controls={`${id}-panel`}
            tabIndex={tabId === selected ? 0 : -1}
            onClick={() => choose(tabId)}
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${selected}`}>
        {tabs[index]}
      </div>
    </>
  );
}

export function Tab({ children }: TabProps) {
  return <>{children}</>;
}
