/**
 * An action as a tool of HubSpot's AI agents: the members that `supportedClients` needs for the client `AGENTS` (agent tools
 * reference, beta, read 2026-11-27). `GET_DATA` reads and changes nothing, so the agent does not ask its user first.
 */
export type AgentTool = {
  readonly toolType: 'GET_DATA';
  readonly llmConfig: { readonly actionDescription: string };
};

/** Written for the agent, which uses it to choose the tool and fill its input. People never see it, so it has one language. */
export const FIND_OWNER_TOOL: AgentTool = {
  toolType: 'GET_DATA',
  llmConfig: {
    actionDescription: [
      'Finds the owner in this HubSpot account who has a given email address. Use this tool when you know the email address of a colleague and need their owner ID, user ID, name or main team, for example before you assign a record.',
      'Set ownerEmail to exactly one email address, such as jane@example.com. Names, owner IDs and user IDs are not accepted.',
      'If outcome is FOUND, ownerId is the value to assign records to. A deactivated user is never returned. If substitutedFor is not empty, the owner stands in for the deactivated user with that owner ID.',
      'If outcome is FAILED, errorCode and errorMessage say why. Do not guess another owner in that case.',
      'The tool changes nothing.',
    ].join(' '),
  },
};
