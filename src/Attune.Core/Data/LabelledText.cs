namespace Attune.Data;

/// <summary>A text, or two that belong together, with the label that a classifier is to give it.</summary>
/// <param name="Text">The text; not empty.</param>
/// <param name="Label">The label; not empty.</param>
public sealed record LabelledText(string Text, string Label) : Example
{
    /// <summary>The second text of a pair; null: there is one text.</summary>
    public string? TextPair { get; init; }

    /// <inheritdoc/>
    public override string ComparableText => TextPair is null ? Text : Text + "\n" + TextPair;

    /// <inheritdoc/>
    protected override void AppendContent(Action<string> append)
    {
        append(Text);
        append(TextPair ?? "");
        append(Label);
    }
}
