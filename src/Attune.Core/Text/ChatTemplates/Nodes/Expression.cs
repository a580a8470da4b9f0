namespace Attune.Text.ChatTemplates;

/// <summary>A node that has a value. The kinds are the classes in this folder and no others.</summary>
internal abstract class Expression(int line, params ReadOnlySpan<Expression?> parts)
{
    /// <summary>The line in the template, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>How deep the tree below it is.</summary>
    public int Depth { get; } = 1 + Deepest(parts);

    public abstract Value Evaluate(Run run, Scope scope);

    private static int Deepest(ReadOnlySpan<Expression?> parts)
    {
        int depth = 0;
        foreach (Expression? part in parts)
        {
            depth = Math.Max(depth, part?.Depth ?? 0);
        }

        return depth;
    }
}
