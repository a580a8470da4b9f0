namespace Attune.Text.Patterns;

/// <summary>A regular expression as steps of a machine that follows all ways at once, the preferred first.</summary>
internal sealed class RegexProgram
{
    private const int MostSteps = 20_000;

    private readonly List<RegexStep> steps = [];
    private readonly List<CodePointSet> sets = [];

    private RegexProgram(string text) => Text = text;

    public string Text { get; }

    public IReadOnlyList<RegexStep> Steps => steps;

    /// <summary>The sets that the steps name by their index.</summary>
    public IReadOnlyList<CodePointSet> Sets => sets;

    /// <summary>Whether each step depends on nothing but the character before and the one after.</summary>
    public bool IsLocal { get; private set; } = true;

    /// <summary>Whether a step depends on the character before.</summary>
    public bool LooksBack { get; private set; }

    public static RegexProgram Compile(string text)
    {
        var program = new RegexProgram(text);
        program.Add(RegexParser.Parse(text));
        program.Emit(new RegexStep(RegexOperation.Match));
        return program;
    }

    private void Add(RegexNode node)
    {
        switch (node)
        {
            case RegexNode.One one:
                Emit(new RegexStep(RegexOperation.One, SetOf(one.Set)));
                break;
            case RegexNode.Sequence sequence:
                foreach (RegexNode part in sequence.Nodes)
                {
                    Add(part);
                }

                break;
            case RegexNode.Choice choice:
                Add(choice);
                break;
            case RegexNode.Repeat repeat:
                Add(repeat);
                break;
            case RegexNode.Look { Node: RegexNode.One one } look:
                LooksBack |= !look.Ahead;
                Emit(new RegexStep(look.Ahead ? RegexOperation.NextIs : RegexOperation.PreviousIs, SetOf(one.Set), look.Positive ? 1 : 0));
                break;
            case RegexNode.Look look:
                IsLocal = false;
                int at = Emit(new RegexStep(RegexOperation.Look, look.Positive ? 1 : 0));
                Add(look.Node);
                Emit(new RegexStep(RegexOperation.Match));
                steps[at] = steps[at] with { B = steps.Count };
                break;
            case RegexNode.Anchor { Kind: RegexAnchor.LastLineEnd }:
                IsLocal = false;
                Emit(new RegexStep(RegexOperation.Anchor, (int)RegexAnchor.LastLineEnd));
                break;
            case RegexNode.Anchor anchor:
                LooksBack = true;
                Emit(new RegexStep(RegexOperation.Anchor, (int)anchor.Kind));
                break;
        }
    }

    private void Add(RegexNode.Choice choice)
    {
        var ends = new List<int>();
        for (int i = 0; i < choice.Nodes.Count; i++)
        {
            bool last = i == choice.Nodes.Count - 1;
            int split = last ? -1 : Emit(new RegexStep(RegexOperation.Either));
            if (!last)
            {
                steps[split] = steps[split] with { A = steps.Count };
            }

            Add(choice.Nodes[i]);
            if (!last)
            {
                ends.Add(Emit(new RegexStep(RegexOperation.Jump)));
                steps[split] = steps[split] with { B = steps.Count };
            }
        }

        foreach (int end in ends)
        {
            steps[end] = steps[end] with { A = steps.Count };
        }
    }

    private void Add(RegexNode.Repeat repeat)
    {
        for (int i = 0; i < repeat.Least; i++)
        {
            Add(repeat.Node);
        }

        if (repeat.Most == int.MaxValue)
        {
            int split = Emit(new RegexStep(RegexOperation.Either));
            int body = steps.Count;
            Add(repeat.Node);
            Emit(new RegexStep(RegexOperation.Jump, split));
            Branch(split, body, steps.Count, repeat.Greedy);
            return;
        }

        var splits = new List<int>();
        for (int i = repeat.Least; i < repeat.Most; i++)
        {
            splits.Add(Emit(new RegexStep(RegexOperation.Either)));
            Add(repeat.Node);
        }

        foreach (int split in splits)
        {
            Branch(split, split + 1, steps.Count, repeat.Greedy);
        }
    }

    private void Branch(int split, int more, int enough, bool greedy) =>
        steps[split] = steps[split] with { A = greedy ? more : enough, B = greedy ? enough : more };

    private int SetOf(CodePointSet set)
    {
        int known = sets.IndexOf(set);
        if (known >= 0)
        {
            return known;
        }

        sets.Add(set);
        return sets.Count - 1;
    }

    private int Emit(RegexStep step)
    {
        if (steps.Count == MostSteps)
        {
            throw new AttuneException(ExitCode.BadData, null, $"the pattern \"{Text}\" is too large", "lower its repetitions");
        }

        steps.Add(step);
        return steps.Count - 1;
    }
}

/// <summary>What a step does with its operands A and B.</summary>
internal enum RegexOperation
{
    /// <summary>Takes one code point of set A.</summary>
    One,

    /// <summary>Goes on at A, or else at B.</summary>
    Either,

    /// <summary>Goes on at A.</summary>
    Jump,

    /// <summary>The next code point is in set A (B 1), or is not, or there is none (B 0).</summary>
    NextIs,

    /// <summary>The same of the code point before.</summary>
    PreviousIs,

    /// <summary>What follows matches the steps from here to B (A 1), or does not (A 0); goes on at B.</summary>
    Look,

    /// <summary>The place is of the kind A.</summary>
    Anchor,

    /// <summary>A match ends here.</summary>
    Match,
}

/// <summary>One step.</summary>
internal readonly record struct RegexStep(RegexOperation Operation, int A = 0, int B = 0);
