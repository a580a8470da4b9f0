using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>GPT-2's words, spelled out in the byte alphabet.</summary>
internal sealed class ByteLevel(bool addPrefixSpace, bool trimOffsets, bool useRegex, bool continues = false) : IPreTokenizer
{
    private static readonly Gpt2Pattern Words = new();

    public static ByteLevel Read(Part part) => new(part.Bool("add_prefix_space"), part.Bool("trim_offsets"), part.Bool("use_regex", true));

    public void PreTokenize(PreTokenizedText text)
    {
        if (addPrefixSpace)
        {
            text.Prefix(" ", neverAtStart: continues);
        }

        if (useRegex)
        {
            text.Split(Words, SplitBehavior.Isolated);
        }

        text.SpellBytes();
    }

    public IPreTokenizer Continuing() => addPrefixSpace ? new ByteLevel(addPrefixSpace, trimOffsets, useRegex, continues: true) : this;

    public void Write(Utf8JsonWriter json) => Write(json, addPrefixSpace, trimOffsets, useRegex);

    /// <summary>Writes the members that the parts of this name share.</summary>
    public static void Write(Utf8JsonWriter json, bool addPrefixSpace, bool trimOffsets, bool useRegex)
    {
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", addPrefixSpace);
        json.WriteBoolean("trim_offsets", trimOffsets);
        json.WriteBoolean("use_regex", useRegex);
    }
}
