/** The host of a URL, for people: whatever else stands in it may hold secrets. */
export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'the URL');
