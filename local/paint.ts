import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';
export type Paint = (style: Style, text: string) => string;

/** Color where a person watches a terminal; plain text in a file, a pipe, or with NO_COLOR. */
export const paint: Paint = (style, text) => styleText(style, text, { stream: process.stdout });
