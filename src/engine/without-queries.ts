/** A text whose URLs show neither query nor user, which may hold secrets. */
export const withoutQueries = (text: string): string =>
  text.replace(
    /(https?:\/\/)(?:[^\s/?#@"']*@)?([^\s?#"']*)([?#][^\s"']*)?/gi,
    (_, scheme: string, place: string, rest?: string) =>
      rest === undefined ? `${scheme}${place}` : `${scheme}${place}?…`,
  );
