using System.Runtime.InteropServices;

namespace Attune.Text.Patterns;

/// <summary>
/// Runs a <see cref="RegexProgram"/> over a text. All ways are followed at once, so the time for a match is in proportion to its length;
/// what a set of ways becomes under a kind of character is remembered. For one thread at a time.
/// </summary>
internal sealed class RegexMatcher(RegexProgram program)
{
    private const int MostStates = 4000;
    private const int StepsAlways = 1 << 16;
    private const int StepsPerUnit = 64;
    private const int NoCharacter = -1;

    private readonly Dictionary<int, int> kindOf = [];
    private readonly Dictionary<string, int> kindOfSignature = new(StringComparer.Ordinal);
    private readonly int[] kindOfLow = NewKinds();
    private readonly Dictionary<string, int> stateOf = new(StringComparer.Ordinal);
    private readonly List<int[]> states = [];
    private readonly List<int[]> transitions = [];
    private readonly List<int> ways = [];
    private readonly HashSet<int> seen = [];
    private int startState = -1;
    private int width = 8;
    private long budget;

    /// <summary>Cuts a text at its matches.</summary>
    public void Find(ReadOnlySpan<char> text, MatchList found)
    {
        budget = StepsAlways + ((long)StepsPerUnit * text.Length);
        int lastEnd = -1;
        for (int start = 0; start <= text.Length;)
        {
            int end = program.IsLocal ? Match(text, start) : Simulate(text, start, 0);
            if (end > start || (end == start && start != lastEnd))
            {
                found.Add(start, end);
                lastEnd = end;
            }

            start = end > start ? end : start == text.Length ? start + 1 : start + CodePoints.LengthAt(text, start);
        }

        found.Finish(text.Length);
    }

    private static int[] NewKinds()
    {
        int[] kinds = new int[0x3000];
        Array.Fill(kinds, -1);
        return kinds;
    }

    private void Spend(int steps)
    {
        budget -= steps;
        if (budget < 0)
        {
            throw new AttuneException(ExitCode.BadData, $"the pattern \"{program.Text}\"", "it takes too long on a text", "use a simpler pattern");
        }
    }

    // The end of the match that begins at start, or -1.
    private int Match(ReadOnlySpan<char> text, int start)
    {
        int end = -1;
        int state = startState < 0 ? startState = StateOf([0]) : startState;
        int previous = start == 0 || !program.LooksBack ? NoCharacter : CodePoints.Before(text, start, out _);
        for (int at = start; ;)
        {
            int length = 0;
            int next = at < text.Length ? CodePoints.At(text, at, out length) : NoCharacter;
            Spend(1);
            int transition = Transition(state, previous, next);
            if ((transition & 1) != 0)
            {
                end = at;
            }

            state = transition >> 1;
            if (state == 0 || next == NoCharacter)
            {
                return end;
            }

            at += length;
            previous = next;
        }
    }

    // The state after the next character, times two, plus one where a match ends before it. State 0 has no ways left.
    private int Transition(int state, int previous, int next)
    {
        int kind = Kind(next);
        int before = program.LooksBack ? Kind(previous) : 0;
        if (kindOfSignature.Count > width)
        {
            width *= 2;
            for (int i = 0; i < transitions.Count; i++)
            {
                transitions[i] = [];
            }
        }

        int[] row = transitions[state];
        if (row.Length == 0)
        {
            transitions[state] = row = new int[program.LooksBack ? width * width : width];
            Array.Fill(row, -1);
        }

        int key = (before * width) + kind;
        if (row[key] < 0)
        {
            bool matched = Step(states[state], previous, next, default, 0, ways);
            int after = StateOf(CollectionsMarshal.AsSpan(ways));
            row[key] = (after << 1) | (matched ? 1 : 0);
        }

        return row[key];
    }

    private int StateOf(ReadOnlySpan<int> its)
    {
        if (states.Count > MostStates)
        {
            states.Clear();
            transitions.Clear();
            stateOf.Clear();
            startState = -1;
        }

        if (states.Count == 0)
        {
            states.Add([]);
            transitions.Add([]);
            stateOf.Add("", 0);
        }

        string key = string.Create(its.Length, its, static (span, its) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = (char)its[i];
            }
        });
        if (!stateOf.TryGetValue(key, out int state))
        {
            state = states.Count;
            stateOf.Add(key, state);
            states.Add(its.ToArray());
            transitions.Add([]);
        }

        return state;
    }

    // Characters that are in the same sets, and are line ends and word characters or not, are of one kind.
    private int Kind(int codePoint)
    {
        if ((uint)codePoint < (uint)kindOfLow.Length)
        {
            int low = kindOfLow[codePoint];
            return low >= 0 ? low : kindOfLow[codePoint] = NewKind(codePoint);
        }

        if (!kindOf.TryGetValue(codePoint, out int kind))
        {
            kind = NewKind(codePoint);
            kindOf.Add(codePoint, kind);
        }

        return kind;
    }

    private int NewKind(int codePoint)
    {
        string signature = string.Create(program.Sets.Count + 2, codePoint, (span, c) =>
        {
            for (int i = 0; i < program.Sets.Count; i++)
            {
                span[i] = c >= 0 && program.Sets[i].Contains(c) ? '1' : '0';
            }

            span[^2] = c < 0 ? 'e' : c == '\n' ? 'n' : '-';
            span[^1] = c >= 0 && UnicodeProperty.Word.Contains(c) ? 'w' : '-';
        });
        if (!kindOfSignature.TryGetValue(signature, out int kind))
        {
            kind = kindOfSignature.Count;
            kindOfSignature.Add(signature, kind);
        }

        return kind;
    }

    // Follows all ways from a place without remembering: where a step looks further than one character.
    private int Simulate(ReadOnlySpan<char> text, int start, int entry)
    {
        int end = -1;
        List<int> now = [entry];
        List<int> after = [];
        int previous = start == 0 ? NoCharacter : CodePoints.Before(text, start, out _);
        for (int at = start; ;)
        {
            int length = 0;
            int next = at < text.Length ? CodePoints.At(text, at, out length) : NoCharacter;
            Spend(now.Count);
            if (Step(CollectionsMarshal.AsSpan(now), previous, next, text, at, after))
            {
                end = at;
            }

            if (after.Count == 0 || next == NoCharacter)
            {
                return end;
            }

            (now, after) = (after, now);
            at += length;
            previous = next;
        }
    }

    // Moves all ways over the next character, the preferred first. True where a match ends before it: ways less preferred are given up.
    private bool Step(ReadOnlySpan<int> from, int previous, int next, ReadOnlySpan<char> text, int at, List<int> to)
    {
        to.Clear();
        var visited = program.IsLocal ? seen : [];
        visited.Clear();
        var pending = new Stack<int>();
        foreach (int way in from)
        {
            pending.Push(way);
            while (pending.TryPop(out int index))
            {
                if (!visited.Add(index))
                {
                    continue;
                }

                RegexStep step = program.Steps[index];
                switch (step.Operation)
                {
                    case RegexOperation.Match:
                        return true;
                    case RegexOperation.One:
                        if (next >= 0 && program.Sets[step.A].Contains(next))
                        {
                            to.Add(index + 1);
                        }

                        break;
                    case RegexOperation.Either:
                        pending.Push(step.B);
                        pending.Push(step.A);
                        break;
                    case RegexOperation.Jump:
                        pending.Push(step.A);
                        break;
                    case RegexOperation.Look:
                        if (Simulate(text, at, index + 1) >= 0 == (step.A == 1))
                        {
                            pending.Push(step.B);
                        }

                        break;
                    default:
                        if (Holds(step, previous, next, text, at))
                        {
                            pending.Push(index + 1);
                        }

                        break;
                }
            }
        }

        return false;
    }

    private bool Holds(RegexStep step, int previous, int next, ReadOnlySpan<char> text, int at) => step.Operation switch
    {
        RegexOperation.NextIs => (next >= 0 && program.Sets[step.A].Contains(next)) == (step.B == 1),
        RegexOperation.PreviousIs => (previous >= 0 && program.Sets[step.A].Contains(previous)) == (step.B == 1),
        _ => (RegexAnchor)step.A switch
        {
            RegexAnchor.TextStart => previous < 0,
            RegexAnchor.TextEnd => next < 0,
            RegexAnchor.LastLineEnd => next < 0 || (next == '\n' && at + 1 == text.Length),
            RegexAnchor.LineStart => previous < 0 || (previous == '\n' && next >= 0),
            RegexAnchor.LineEnd => next is < 0 or '\n',
            RegexAnchor.WordBoundary => IsWord(previous) != IsWord(next),
            _ => IsWord(previous) == IsWord(next),
        },
    };

    private static bool IsWord(int codePoint) => codePoint >= 0 && UnicodeProperty.Word.Contains(codePoint);
}
