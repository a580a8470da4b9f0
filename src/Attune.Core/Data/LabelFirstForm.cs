namespace Attune.Data;

/// <summary>Texts to classify whose first word is the label, as in <c>1 a moving film</c>: lines of a text file.</summary>
internal sealed class LabelFirstForm : IExampleForm
{
    public string Name => "label-first";

    public string Looks => "{text}, which begins with its label";

    // No text tells by itself that its first word is a label: a recipe has to say so.
    public bool Fits(DataRow row) => false;

    public Example? Read(DataRow row)
    {
        string line = row.TryGet("text", out var text) && text.ValueKind == System.Text.Json.JsonValueKind.String ? text.GetString()!.Trim() : throw new BadRowException("\"text\" is missing or no text");
        int end = line.AsSpan().IndexOfAny(" \t");
        if (line.Length == 0)
        {
            return null;
        }

        string label = LabelSpelling.Of(end < 0 ? throw new BadRowException("nothing follows the label") : line[..end]);
        return label.Length > 0 ? new LabelledText(line[end..].TrimStart(), label) : throw new BadRowException("the label is empty");
    }
}
