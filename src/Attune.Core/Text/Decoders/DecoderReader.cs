using Attune.Text.PreTokenizers;

namespace Attune.Text.Decoders;

/// <summary>Finds the decoder that tokenizer.json names.</summary>
internal static class DecoderReader
{
    public static IDecoder Read(Part part) => part.Type switch
    {
        "Sequence" => new Sequence(part.Children("decoders").ConvertAll(Read)),
        "ByteLevel" => ByteLevel.Read(part),
        "ByteFallback" => new ByteFallback(),
        "WordPiece" => new WordPiece(part.String("prefix"), part.Bool("cleanup")),
        "BPEDecoder" => new BpeDecoder(part.String("suffix")),
        "CTC" => new Ctc(part.String("pad_token"), part.String("word_delimiter_token"), part.Bool("cleanup")),
        "Fuse" => new Fuse(),
        "Strip" => new Strip(part.Character("content"), part.Int("start"), part.Int("stop")),
        "Replace" => Replace.Read(part),
        "Metaspace" => new Metaspace(part.Character("replacement"), PreTokenizers.Metaspace.ReadScheme(part), part.Bool("split", true)),
        _ => throw part.Unknown("decoder"),
    };
}
