import type pg from 'pg';

/** The part of pg's Connection that sends and receives messages; pg's own types leave out the arguments. */
interface Wire {
  parse(statement: { readonly text: string; readonly name: string; readonly types: readonly number[] }): void;
  describe(what: { readonly type: 'S'; readonly name: string }): void;
  sync(): void;
  once(event: 'parameterDescription', listener: Listener): void;
  removeListener(event: 'parameterDescription', listener: Listener): void;
}

type Listener = (message: { readonly dataTypeIDs: number[] }) => void;

/**
 * Returns the OIDs of the types that PostgreSQL gives to a statement's parameters. The statement is only parsed, without a
 * name: nothing is executed and nothing stays in the session. Throws DatabaseError.
 */
export async function parameterTypes(client: pg.Client, text: string): Promise<number[]> {
  return (await describe(client, text)).parameters;
}

/** Like parameterTypes, for the columns of the statement's result. */
export async function resultTypes(client: pg.Client, text: string): Promise<number[]> {
  return (await describe(client, text)).columns;
}

function describe(client: pg.Client, text: string): Promise<{ parameters: number[]; columns: number[] }> {
  return new Promise((resolve, reject) => {
    let parameters: number[] = [];
    let columns: number[] = [];
    let stopListening = () => {};
    const ask = {
      submit: (wire: Wire) => {
        const listener: Listener = ({ dataTypeIDs }) => {
          parameters = dataTypeIDs;
        };
        wire.once('parameterDescription', listener);
        stopListening = () => wire.removeListener('parameterDescription', listener);
        wire.parse({ text, name: '', types: [] });
        wire.describe({ type: 'S', name: '' });
        wire.sync();
        return null;
      },
      handleError: (error: unknown) => {
        stopListening();
        reject(error);
      },
      handleRowDescription: ({ fields }: { readonly fields: readonly { readonly dataTypeID: number }[] }) => {
        columns = fields.map(({ dataTypeID }) => dataTypeID);
      },
      handleReadyForQuery: () => resolve({ parameters, columns }),
    };
    client.query(ask as unknown as pg.Submittable);
  });
}
