import { json } from '../lib/http/respond.ts';

/** `GET /health`: the function answers. It asks nobody, so that it says nothing about HubSpot or DynamoDB either. */
export const handler = async () => json(200, { status: 'ok' });
