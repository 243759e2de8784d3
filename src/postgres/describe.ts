import type pg from 'pg';

/** The messages of a session as pg's Connection sends and hears them; its types leave the arguments out. */
interface Wire {
  parse(statement: { readonly text: string; readonly name: string; readonly types: readonly number[] }): void;
  describe(what: { readonly type: 'S'; readonly name: string }): void;
  sync(): void;
  once(event: 'parameterDescription', hear: Hear): void;
  removeListener(event: 'parameterDescription', hear: Hear): void;
}

type Hear = (message: { readonly dataTypeIDs: number[] }) => void;

/**
 * OIDs of the types PostgreSQL gives the parameters of a statement, by parsing it without a name: nothing is executed and
 * nothing stays in the session. Throws DatabaseError.
 */
export async function parameterTypes(client: pg.Client, text: string): Promise<number[]> {
  return (await describe(client, text)).parameters;
}

/** The same of the columns of a statement's result. */
export async function resultTypes(client: pg.Client, text: string): Promise<number[]> {
  return (await describe(client, text)).columns;
}

function describe(client: pg.Client, text: string): Promise<{ parameters: number[]; columns: number[] }> {
  return new Promise((resolve, reject) => {
    let parameters: number[] = [];
    let columns: number[] = [];
    let stopHearing = () => {};
    const ask = {
      submit: (wire: Wire) => {
        const hear: Hear = ({ dataTypeIDs }) => {
          parameters = dataTypeIDs;
        };
        wire.once('parameterDescription', hear);
        stopHearing = () => wire.removeListener('parameterDescription', hear);
        wire.parse({ text, name: '', types: [] });
        wire.describe({ type: 'S', name: '' });
        wire.sync();
        return null;
      },
      handleError: (error: unknown) => {
        stopHearing();
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
