using System.Text.Json;

namespace Attune.Text;

/// <summary>How rows of a batch are filled up.</summary>
/// <param name="Id">The id to fill with.</param>
/// <param name="Token">The token of that id.</param>
public sealed record Padding(int Id, string Token)
{
    /// <summary>The segment of padding.</summary>
    public int TypeId { get; init; }

    /// <summary>At which end it is put.</summary>
    public Side Side { get; init; }

    /// <summary>The length to fill up to; null: that of the batch's longest row.</summary>
    public int? Length { get; init; }

    /// <summary>The length is rounded up to a multiple of this; null or 0: it is not.</summary>
    public int? MultipleOf { get; init; }

    internal static Padding Read(Part part) => new(part.Id("pad_id"), part.String("pad_token"))
    {
        TypeId = part.IntOrNull("pad_type_id") ?? 0,
        Side = ReadSide(part),
        MultipleOf = part.IntOrNull("pad_to_multiple_of"),
        Length = ReadLength(part),
    };

    internal static Side ReadSide(Part part) => part.StringOrNull("direction") switch
    {
        null or "Right" => Side.Right,
        "Left" => Side.Left,
        string other => throw part.Error($"unknown direction \"{other}\"", "it is Left or Right"),
    };

    internal void Write(Utf8JsonWriter json)
    {
        if (Length is { } length)
        {
            json.WriteStartObject("strategy");
            json.WriteNumber("Fixed", length);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("strategy", "BatchLongest");
        }

        json.WriteString("direction", Side.ToString());
        if (MultipleOf is { } multiple)
        {
            json.WriteNumber("pad_to_multiple_of", multiple);
        }
        else
        {
            json.WriteNull("pad_to_multiple_of");
        }

        json.WriteNumber("pad_id", Id);
        json.WriteNumber("pad_type_id", TypeId);
        json.WriteString("pad_token", Token);
    }

    internal void Apply(IReadOnlyList<EncodingBuilder> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        int length = Length ?? rows.Max(row => row.Count);
        if (MultipleOf is > 0 and { } multiple && length % multiple > 0)
        {
            length += multiple - (length % multiple);
        }

        foreach (EncodingBuilder row in rows)
        {
            row.Pad(length, this);
        }
    }

    private static int? ReadLength(Part part) => part.IsString("strategy")
        ? part.String("strategy") == "BatchLongest" ? null : throw part.Error($"unknown strategy \"{part.String("strategy")}\"")
        : part.Has("strategy") ? part.Child("strategy").Int("Fixed") : null;
}
