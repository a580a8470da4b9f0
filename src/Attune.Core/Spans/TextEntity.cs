using System.Text.Json;
using Attune.Text;

namespace Attune.Spans;

/// <summary>A labelled stretch of a text.</summary>
/// <param name="Label">The label: of a token as the model has it (<c>B-PER</c>), of a group without <c>B-</c> and <c>I-</c> (<c>PER</c>).</param>
/// <param name="Score">The label's probability, from 0 to 1: of a token, or the mean over what was grouped.</param>
/// <param name="Word">The token as the vocabulary spells it, or the group's tokens turned back into text; the text itself has it at <paramref name="Range"/>.</param>
/// <param name="Range">Where it is in the text, in UTF-16 units, as .NET's strings count (transformers counts code points).</param>
/// <param name="Index">The token's place in its window; null for a group.</param>
public sealed record TextEntity(string Label, float Score, string Word, TextRange Range, int? Index)
{
    /// <summary>Writes it as an object with the names of transformers' pipeline: <c>entity</c> and <c>index</c>, or <c>entity_group</c>.</summary>
    /// <param name="json">Where to.</param>
    public void WriteTo(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString(Index is null ? "entity_group" : "entity", Label);
        json.WriteNumber("score", Score);
        if (Index is { } index)
        {
            json.WriteNumber("index", index);
        }

        json.WriteString("word", Word);
        json.WriteNumber("start", Range.Start);
        json.WriteNumber("end", Range.End);
        json.WriteEndObject();
    }
}
