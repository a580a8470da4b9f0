using System.Text.RegularExpressions;

namespace Attune.Models;

/// <summary>What a user should know of a checkpoint that does not hold just the model's parameters.</summary>
internal static partial class CheckpointNotices
{
    private const int Shown = 3;

    // Numbers that older versions saved and that every reader makes itself.
    private static readonly string[] Buffers = ["position_ids", "token_type_ids", "inv_freq", ".masked_bias", "num_batches_tracked"];

    /// <summary>Tells of tensors that are not used, and of a head that is used against config.json.</summary>
    public static void Add(Notices notices, LoadedModel loaded)
    {
        if (loaded.OwnHead is { } head)
        {
            notices.Add("own-head", $"config.json ties the output layer to the embedding, but the checkpoint's {head} has other values: it is used, and the two are no longer tied",
                cure: "write \"tie_word_embeddings\": false into config.json, so that every program does the same");
        }

        var lost = loaded.Unexpected.Where(name => !Buffers.Any(buffer => name.EndsWith(buffer, StringComparison.Ordinal))).ToList();
        int blocks = loaded.Weights.Blocks.Count;
        var beyond = lost.Where(name => Block(name) >= blocks).ToList();
        var within = lost.Where(name => Block(name) is int block && block < blocks).ToList();
        var others = lost.Where(name => Block(name) is null).ToList();
        Tell("unused-layers", beyond, n => $"{Words.Count(n, "tensor")} of the checkpoint {Words.Of(n, "belongs", "belong")} to layers beyond the {blocks} that config.json has: "
            + $"{Words.Of(n, "it is", "they are")} not used", "right for layers that predict further tokens (MTP); else num_hidden_layers is too low");
        Tell("unused-parts-of-layers", within, n => $"{Words.Count(n, "tensor")} of the checkpoint {Words.Of(n, "has", "have")} no place in the layers that config.json describes: "
            + "the model computes without", "check that config.json belongs to this checkpoint: results may differ from those of the model that was trained");
        Tell("unused-tensors", others, n => $"{Words.Count(n, "tensor")} of the checkpoint {Words.Of(n, "has", "have")} no place in this model ({loaded.Weights.GetType().Name}): "
            + $"{Words.Of(n, "it is", "they are")} not used", "right for the head of another task; else check architectures in config.json");

        void Tell(string code, List<string> names, Func<long, string> text, string cure) =>
            notices.Add(code, text, string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? ", …" : ""), cure, names.Count);
    }

    private static int? Block(string name) => Numbered().Match(name) is { Success: true } match && int.TryParse(match.Groups[1].Value, out int block) ? block : null;

    [GeneratedRegex(@"(?:^|\.)(?:layers?|h|blk|blocks?)\.(\d+)\.")]
    private static partial Regex Numbered();
}
