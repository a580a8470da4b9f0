namespace Attune.Text.Normalizers;

/// <summary>Finds the normalizer that tokenizer.json names.</summary>
internal static class NormalizerReader
{
    public static INormalizer Read(Part part) => part.Type switch
    {
        "Sequence" => new Sequence(part.Children("normalizers").ConvertAll(Read)),
        "NFC" => new Nfc(),
        "NFD" => new Nfd(),
        "NFKC" => new Nfkc(),
        "NFKD" => new Nfkd(),
        "StripAccents" => new StripAccents(),
        "Strip" => new Strip(part.Bool("strip_left"), part.Bool("strip_right")),
        "Precompiled" => Precompiled.Read(part),
        "Nmt" => new Nmt(),
        "ByteLevel" => new ByteLevel(),
        "BertNormalizer" => BertNormalizer.Read(part),
        "Replace" => Replace.Read(part),
        "Lowercase" => new Lowercase(),
        "Prepend" => new Prepend(part.String("prepend")),
        _ => throw part.Unknown("normalizer"),
    };
}
