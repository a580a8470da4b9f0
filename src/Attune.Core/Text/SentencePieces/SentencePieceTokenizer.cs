using Attune.Text.PostProcessors;

namespace Attune.Text.SentencePieces;

/// <summary>A SentencePiece model as the sentencepiece library runs it. Control pieces are never found in a text.</summary>
internal static class SentencePieceTokenizer
{
    /// <summary>Makes the tokenizer; what it adds to a text are the pieces for begin and end, where the model has them.</summary>
    /// <param name="bytes">The <c>.model</c> file.</param>
    /// <param name="file">Its name, for messages.</param>
    public static Tokenizer Make(byte[] bytes, string file)
    {
        SentencePieceModel model = SentencePieceReader.Read(bytes, file);
        var tokens = new SentencePieceTokens(model);
        List<AddedToken> control = Control(model);
        string? Known(string piece) => control.Exists(token => token.Content == piece) ? piece : null;
        var special = new SpecialTokens
        {
            Bos = Known(model.BosPiece),
            Eos = Known(model.EosPiece),
            Pad = Known(model.PadPiece),
            Unknown = model.Pieces[model.UnknownId].Text,
        };
        var config = new TokenizerConfig { AddBosToken = special.Bos is not null, AddEosToken = special.Eos is not null };
        return new Tokenizer(
            new TokenizerParts
            {
                Normalizer = new SentencePieceNormalizer(model.Normalizer, model),
                Model = tokens,
                PostProcessor = LegacyTokenizer.Around(special, config, tokens.Vocabulary, file),
                Decoder = new SentencePieceDecoder(model, tokens.Vocabulary),
                AddedTokens = control,
                FindsSpecialTokens = false,
                SentencePiece = bytes,
            },
            special,
            file);
    }

    /// <summary>The error where something asks for such a tokenizer as a tokenizer.json.</summary>
    public static AttuneException NotInJson() => new(
        ExitCode.Usage, null, "tokenizer.json has no words for SentencePiece's own pipeline", "save a folder instead: it then holds tokenizer.model");

    private static List<AddedToken> Control(SentencePieceModel model)
    {
        var control = new List<AddedToken>();
        for (int id = 0; id < model.Pieces.Count; id++)
        {
            if (model.Pieces[id].Type == PieceType.Control)
            {
                control.Add(new AddedToken(id, model.Pieces[id].Text) { Special = true });
            }
        }

        return control;
    }
}
