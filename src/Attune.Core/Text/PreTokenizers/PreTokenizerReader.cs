using Attune.Text.Patterns;

namespace Attune.Text.PreTokenizers;

/// <summary>Finds the pre-tokenizer that tokenizer.json names.</summary>
internal static class PreTokenizerReader
{
    public static IPreTokenizer Read(Part part) => part.Type switch
    {
        "Sequence" => new Sequence(part.Children("pretokenizers").ConvertAll(Read)),
        "ByteLevel" => ByteLevel.Read(part),
        "Digits" => new Digits(part.Bool("individual_digits", false)),
        "WhitespaceSplit" => new WhitespaceSplit(),
        "BertPreTokenizer" => new BertPreTokenizer(),
        "Punctuation" => new Punctuation(SplitBehaviors.Read(part, SplitBehavior.Isolated)),
        "CharDelimiterSplit" => new CharDelimiterSplit(part.Character("delimiter")),
        "FixedLength" => FixedLength.Read(part),
        "UnicodeScripts" => new UnicodeScripts(),
        "Whitespace" => new Whitespace(),
        "Split" => Split.Read(part),
        "Metaspace" => Metaspace.Read(part),
        _ => throw part.Unknown("pre-tokenizer"),
    };
}
