using System.Text.Json;
using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>SentencePiece's way with spaces: each becomes a visible sign, one may be put in front, and words begin with it.</summary>
internal sealed class Metaspace(string replacement, PrependScheme scheme, bool split, bool continues = false) : IPreTokenizer
{
    private readonly LiteralPattern pattern = new(replacement);

    public static Metaspace Read(Part part) => new(part.Character("replacement"), ReadScheme(part), part.Bool("split", true));

    public void PreTokenize(PreTokenizedText text)
    {
        text.Transform((ref TextRewriter rewriter) => Replace(ref rewriter));
        if (scheme != PrependScheme.Never)
        {
            text.Prefix(replacement, onlyAtStart: scheme == PrependScheme.First, neverAtStart: continues);
        }

        if (split)
        {
            text.Split(pattern, SplitBehavior.MergedWithNext);
        }
    }

    public IPreTokenizer Continuing() => new Metaspace(replacement, scheme, split, continues: true);

    public void Write(Utf8JsonWriter json) => Write(json, replacement, scheme, split);

    /// <summary>Reads <c>prepend_scheme</c>, or <c>add_prefix_space</c> of older files.</summary>
    public static PrependScheme ReadScheme(Part part)
    {
        string? name = part.StringOrNull("prepend_scheme");
        bool? space = part.BoolOrNull("add_prefix_space");
        PrependScheme scheme = name switch
        {
            null => space == false ? PrependScheme.Never : PrependScheme.Always,
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw part.Error($"unknown prepend_scheme \"{name}\"", "it is one of always, first, never"),
        };
        return space == false && scheme != PrependScheme.Never
            ? throw part.Error("\"add_prefix_space\" and \"prepend_scheme\" contradict each other") : scheme;
    }

    /// <summary>Writes the members that the parts of this name share.</summary>
    public static void Write(Utf8JsonWriter json, string replacement, PrependScheme scheme, bool split)
    {
        json.WriteString("type", "Metaspace");
        json.WriteString("replacement", replacement);
        json.WriteString("prepend_scheme", scheme switch { PrependScheme.Always => "always", PrependScheme.First => "first", _ => "never" });
        json.WriteBoolean("split", split);
    }

    private void Replace(ref TextRewriter rewriter)
    {
        ReadOnlySpan<char> text = rewriter.Text;
        int sign = CodePoints.At(replacement, 0, out _);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == ' ')
            {
                rewriter.KeepTo(i);
                rewriter.Emit(sign, 0);
            }
        }

        rewriter.KeepRest();
    }
}

/// <summary>Before which pieces of text the sign for a space is put.</summary>
internal enum PrependScheme
{
    /// <summary>Every piece.</summary>
    Always,

    /// <summary>The piece at the text's start.</summary>
    First,

    /// <summary>None.</summary>
    Never,
}
