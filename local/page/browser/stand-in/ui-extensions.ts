/**
 * Replaces `@hubspot/ui-extensions` on the desk: the parts that the settings page uses, as plain HTML. It shows what the page
 * says and does, not how HubSpot draws it. A component that is missing here fails when the page is bundled.
 */
export { BarChart } from './chart.tsx';
export { Select, Toggle } from './choices.tsx';
export { Alert, EmptyState, ErrorState, LoadingSpinner, ProgressBar } from './feedback.tsx';
export { hubspot } from './hubspot.ts';
export { Button, Form, Input, LoadingButton, TextArea } from './inputs.tsx';
export { Accordion, ButtonRow, Divider, Flex, Tile } from './layout.tsx';
export { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from './table.tsx';
export { Tab, Tabs } from './tabs.tsx';
export {
  DescriptionList,
  DescriptionListItem,
  Heading,
  Link,
  Statistics,
  StatisticsItem,
  StatusTag,
  Text,
} from './text.tsx';
