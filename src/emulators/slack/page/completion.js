const noSuggestions = { items: [], usage: undefined };

/**
 * What to offer for the text before the caret: commands while the first word is typed, then the usage of that command
 * and, where its hint lists alternatives (`start|stop`), those. An item replaces the text before the caret by `insert`.
 */
export function suggest(text, commands) {
  if (!text.startsWith('/')) return noSuggestions;
  if (!/\s/.test(text)) return { items: matchingCommands(text.toLowerCase(), commands), usage: undefined };
  const words = text.split(/\s+/);
  const command = commands.find((each) => each.command === words[0].toLowerCase());
  if (command === undefined) return noSuggestions;
  const arguments_ = hintParts(command.usageHint);
  const current = Math.min(words.length - 2, arguments_.length - 1);
  const usage = { ...command, parts: arguments_, current };
  return { items: alternatives(text, words, arguments_), usage };
}

function matchingCommands(typed, commands) {
  return commands
    .filter(({ command }) => command.includes(typed.slice(1)))
    .sort((left, right) => rank(left, typed) - rank(right, typed))
    .map(({ command, usageHint, description }) => ({
      label: command,
      hint: usageHint ?? '',
      note: description ?? '',
      insert: usageHint ? `${command} ` : command,
    }));
}

function rank({ command }, typed) {
  if (command === typed) return 0;
  return command.startsWith(typed) ? 1 : 2;
}

const hintParts = (hint) => (hint ?? '').match(/<[^>]*>|\[[^\]]*\]|\S+/g) ?? [];

function alternatives(text, words, parts) {
  const typed = words.at(-1);
  const choices = (parts[words.length - 2] ?? '').replace(/^[<[]+|[>\]]+$/g, '').split('|');
  if (choices.length < 2) return [];
  return choices
    .map((choice) => choice.trim())
    .filter((choice) => choice.startsWith(typed) && choice !== typed)
    .map((choice) => ({
      label: choice,
      hint: '',
      note: '',
      insert: `${text.slice(0, text.length - typed.length)}${choice} `,
    }));
}
