import '../../../hubspot/src/app/settings/Settings.tsx';
import { createRoot } from 'react-dom/client';
import type { DeskStart } from '../desk-api.ts';
import { ask } from './ask.ts';
import { Desk } from './Desk.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
createRoot(root).render(<Desk start={await ask<DeskStart>('start')} />);
