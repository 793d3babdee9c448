import { json } from '../lib/http/respond.ts';

/** `GET /health`: the function answers. It calls nothing, so it says nothing about HubSpot or DynamoDB. */
export const handler = async () => json(200, { status: 'ok' });
